"""The autoencoder: 16 x 16 pixels of 4 frames become 16 numbers, and back."""
