"""What runs in the guest only: the kernel's simulated devices, driven from their far side, and the word to the host."""
