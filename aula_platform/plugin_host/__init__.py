"""The host of plugins: discover, accept, migrate, mount, and switch on per municipality."""

from aula_platform.plugin_host.activation import Activation, PluginState
from aula_platform.plugin_host.host import Host, Refusal, start_host

__all__ = ["Activation", "Host", "PluginState", "Refusal", "start_host"]
