def card(measured):
    return "# card\n"
