"""Where the records and studies of a review came from: the boxes of PRISMA, version by version."""
