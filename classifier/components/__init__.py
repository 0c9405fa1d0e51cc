"""The spaCy components of the classifier, one factory per module."""
