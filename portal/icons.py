"""The line drawings of the product: name -> what stands inside the SVG."""

# What a door and a portrait are painted in; each is a class (p-green).
PAINTS = ("green", "blue", "gold", "plum", "red", "teal")
BOLD = 'stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'
THIN = 'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'

# sixteen units wide, a heavy line: marks inside chips and lists
MARKS = {
    "tick": '<path d="M2.5 8.7 6.3 12.5 13.5 4"/>',
    "cross": '<path d="M3.5 3.5l9 9m0-9-9 9"/>',
    "plus": '<path d="M8 2.5v11M2.5 8h11"/>',
    "up": '<path d="M3 10.5l5-5 5 5"/>',
    "down": '<path d="M3 5.5l5 5 5-5"/>',
    "grip": '<path d="M5.5 3.5v.1M5.5 8v.1M5.5 12.5v.1M10.5 3.5v.1M10.5 8v.1M10.5 12.5v.1"/>',
}
# twenty units wide, a light line: places and things
THINGS = {
    "inbox": '<path d="M3 11.5 5.5 4h9L17 11.5V16H3Z M3 11.5h4l1 2h4l1-2h4"/>',
    "outgoing": '<path d="M17.5 2.5 9 11M17.5 2.5 12 17.5 9 11 2.5 8Z"/>',
    "people": '<circle cx="7.5" cy="7" r="3"/><path d="M2 17c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5M13 4.5a3 3 0 0 1 0 5.2'
    'M15 12.6c1.7.7 2.7 2.2 3 4.4"/>',
    "person": '<circle cx="10" cy="6.5" r="3.5"/><path d="M3.5 17.5c.5-3.8 3-5.5 6.5-5.5s6 1.7 6.5 5.5"/>',
    "doors": '<path d="M4 18V9a6 6 0 0 1 12 0v9Z M4 11.5h12"/><circle cx="13" cy="14.5" r=".6"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "calendar": '<path d="M3 5h14v12H3Z M3 9h14M7 2.5V6M13 2.5V6"/>',
    "page": '<path d="M4 3h12v14H4Z M7 7h6M7 10.5h6M7 14h3"/>',
    "mail": '<path d="M2.5 4.5h15v11h-15Z M2.5 5.5 10 11l7.5-5.5"/>',
    "letterbox": '<path d="M3 15.5V9a3.5 3.5 0 0 1 7 0v6.5Z M10 15.5h7V9a3.5 3.5 0 0 0-3.5-3.5h-7M13.5 9v2"/>',
    "share": '<path d="M3 16V9h4M13 4l4 4-4 4M17 8h-6a5 5 0 0 0-5 5"/>',
    "chart": '<path d="M3 17h14M5.5 17v-5M10 17V6M14.5 17V9"/>',
    "gear": '<circle cx="10" cy="10" r="2.6"/><path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4'
    'M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4"/>',
    "route": '<circle cx="4.5" cy="5" r="2"/><circle cx="15.5" cy="15" r="2"/>'
    '<path d="M6.5 5H13a3 3 0 0 1 0 5.5H7A2.5 2.5 0 0 0 7 15h6.5"/>',
    "heart": '<path d="M10 16.5C4 12.5 2.5 9.5 3 7a3.6 3.6 0 0 1 7-.7A3.6 3.6 0 0 1 17 7c.5 2.5-1 5.5-7 9.5Z"/>',
    "key": '<circle cx="6.5" cy="13.5" r="3.5"/><path d="M9 11 16.5 3.5M13 7l2.5 2.5"/>',
    "question": '<path d="M6.5 7A3.5 3.5 0 1 1 11.7 10c-1.2.8-1.7 1.3-1.7 2.8M10 16.3v.1"/>',
    "alert": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.8v5M10 14v.1"/>',
    "search": '<circle cx="8.5" cy="8.5" r="5.5"/><path d="M12.7 12.7 17.5 17.5"/>',
    "undo": '<path d="M7 4 3 8l4 4M3 8h8.5a4.5 4.5 0 0 1 0 9H8"/>',
    "more": '<path stroke-width="3.2" d="M4 10v.1M10 10v.1M16 10v.1"/>',
    "next": '<path d="M4 10h12M11 5l5 5-5 5"/>',
}
LOGO = (
    '<svg class="logo" viewBox="0 0 24 30" aria-hidden="true" focusable="false">'
    '<path class="logo-door" d="M2 29V12a10 10 0 0 1 20 0v17Z"/>'
    '<path class="logo-lamp" d="M5 14v-2a7 7 0 0 1 14 0v2Z"/>'
    '<rect class="logo-ledge" x="3.5" y="14.2" width="17" height="2.6" rx="1.2"/></svg>'
)


def drawn(name: str) -> str:
    """The SVG of an icon; it is decoration, the words beside it say the same."""
    if name == "logo":
        return LOGO
    size, line, inside = (16, BOLD, MARKS[name]) if name in MARKS else (20, THIN, THINGS[name])
    return (
        f'<svg class="icon" viewBox="0 0 {size} {size}" fill="none" stroke="currentColor" {line} '
        f'aria-hidden="true" focusable="false">{inside}</svg>'
    )
