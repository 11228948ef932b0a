"""Small trained models that label a text, each with weights, a card and its measured error."""
