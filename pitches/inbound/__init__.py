"""Mail that comes in: taken as it comes, read by a worker, and each ends as one LetterEnd says."""
