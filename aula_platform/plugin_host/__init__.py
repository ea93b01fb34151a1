"""The host of plugins: discover, accept, migrate, mount, and switch on per municipality."""

from aula_platform.plugin_host.activation import Activation, PluginState
from aula_platform.plugin_host.host import Host, Refusal, start_host
from aula_platform.plugin_host.running import Place

__all__ = ["Activation", "Host", "Place", "PluginState", "Refusal", "start_host"]
