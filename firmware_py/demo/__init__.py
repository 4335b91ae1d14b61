"""The virtual hall and its front panel: real daemons, real back-ends, far ends of cables that only pretend."""
