"""The autoencoder: 16 x 16 pixels of 4 frames become 12 numbers, and back."""
