"""``python -m aula_plugins.demo.broker``: serve the broker on this machine."""

from pathlib import Path

import click
import uvicorn

from aula_plugins.demo.broker.app import create_app
from aula_plugins.demo.broker.config import BrokerConfig, NotHere, check_place, read_people


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True)
@click.option("--issuer", default="", help="By which address it is known; http://HOST:PORT.")
@click.option(
    "--people", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True
)
@click.option("--client-id", required=True)
@click.option("--redirect-uri", "redirect_uris", multiple=True, required=True)
@click.option("--sign-out-uri", "sign_out_uris", multiple=True)
@click.option("--mode", type=click.Choice(["demo", "production"]), default="demo")
def main(
    *,
    host: str,
    port: int,
    issuer: str,
    people: Path,
    client_id: str,
    redirect_uris: tuple[str, ...],
    sign_out_uris: tuple[str, ...],
    mode: str,
) -> None:
    """Let people sign in to the demo as whomever they pick."""
    try:
        check_place(host, mode)
    except NotHere as refused:
        raise click.ClickException(str(refused)) from refused
    config = BrokerConfig(
        issuer=issuer or f"http://{host}:{port}",
        client_id=client_id,
        redirect_uris=redirect_uris,
        sign_out_uris=sign_out_uris,
        people=read_people(people),
    )
    uvicorn.run(create_app(config), host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
