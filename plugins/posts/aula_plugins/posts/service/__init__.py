"""What the plugin does. Takes and returns Structs; each function is one act of a person.

API and pages call the same functions; every act asks the permissions, writes the audit, emits its
event and tells open pages. What is one's own alone (drafts, read, bookmarked) is neither audited
nor told to others.
"""
