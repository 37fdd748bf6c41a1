"""What touches the world while serving: processes, sockets, the watch loop, the control plane."""
