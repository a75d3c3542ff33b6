"""A run: messages, the Keras callback, our worker process, its client, the record."""
