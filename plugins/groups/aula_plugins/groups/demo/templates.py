"""The demo's templates, made by whoever administers the school."""

from aula_plugins.groups.demo.scripts import TemplateScript
from aula_plugins.groups.service import template_rights, templates
from aula_plugins.groups.service.set_ups import SetUp
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform


async def make_template(platform: Platform, actor: Actor, script: TemplateScript) -> None:
    """Keep the template where the actor makes templates; made once, however often it is asked."""
    maker = next(iter(actor.profiles_for(templates.HANDLE)), None)
    if maker is None:
        return
    place = Place(maker.municipality_id, maker.institution_id)
    set_up = SetUp(script.description, script.access, script.show_members, script.kinds)
    async with platform.write(actor) as write:
        found = await template_rights.look(write, platform, actor, place, script.rights)
        new = templates.NewTemplate(script.name, set_up, maker.id, found.kept)
        key = f"demo {maker.institution_id} {script.name}"
        await templates.make_template(write, platform, actor, new, key=key)
