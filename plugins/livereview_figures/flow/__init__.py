"""The flow diagram of PRISMA 2020, with the versions of a living review."""
