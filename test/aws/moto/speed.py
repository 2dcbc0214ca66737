"""What moto 5.2 works out again for each request, or each comparison, and need not: what it answers is the same."""
import functools
import logging

from moto.core import responses
from moto.core import serialize
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

# A line for each request, which nobody reads.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

# Whose host it is, and all the methods of a service's class.
DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(
    DomainDispatcherApplication.get_backend_for_host)
responses.method_names_from_class = functools.lru_cache(responses.method_names_from_class)


def all_items(self):
    """In the same order, by keys that are read once for each item."""
    hashes = self.items.values()
    items = [item for ranges in hashes for item in ranges.values()] if self.range_key_attr else list(hashes)
    return sorted(items, key=lambda x: (x.hash_key.cast_value, x.range_key.cast_value) if x.range_key
                  else x.hash_key.cast_value)


Table.all_items = all_items

# The names that a member of an answer may have in moto's own things: by the ways to find them, its class and its shape.
picker = serialize.XFormedAttributePicker
find_names = picker.get_possible_keys
names = {}


def get_possible_keys(self, context):
    # The shape is kept with them, so that no other has its id.
    of = (*self.alias_providers, type(context.obj), id(context.shape), context.key)
    if of not in names:
        names[of] = (context.shape, list(find_names(self, context)))
    return names[of][1]


picker.get_possible_keys = get_possible_keys
