"""The Textual app: app, screens, widgets, dialogs. It never imports TensorFlow or Keras."""
