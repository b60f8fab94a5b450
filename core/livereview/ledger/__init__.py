"""What searches found, record by record: which records are the same publication, and what the review knows of them."""
