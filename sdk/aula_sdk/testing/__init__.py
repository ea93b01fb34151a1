"""The test kit: a plugin in any repository is tested inside the real platform, in a few lines.

It is a pytest plugin that is there as soon as ``aula-sdk[testing]`` is installed. A plugin's
``conftest.py`` says which plugins take part::

    @pytest.fixture(scope="session")
    def plugins():
        return ("messages",)

and its tests ask for ``platform``, ``people``, ``browser`` and ``count_statements``::

    async def test_a_stranger_sees_nothing(browser, people):
        answer = await browser(people.stranger).get("/api/v1/messages/threads")
        assert answer.json()["items"] == []

A query in a request that looks at rows of municipalities to which the actor does not belong fails
its test; ask for what the actor may see (`aula_sdk.permissions`) before reading a row by its id.
So does what waits for something outside (HTTP, files, programs) after a write's first statement.

Everything runs on SQLite, and on PostgreSQL as well when ``AULA_TEST_POSTGRES`` names a server
whose role may create databases.
"""
