"""Result -> what people and programs read: terminal tables, a JSON document, an HTML page."""
