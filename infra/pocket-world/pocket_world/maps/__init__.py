"""Control maps: edge, blur, depth and seg, as video frames that the autoencoder can encode."""
