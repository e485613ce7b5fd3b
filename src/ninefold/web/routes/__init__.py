"""The pages by room: a request is read, a function of the room answers, a template is filled."""
