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

Everything runs on SQLite, and on PostgreSQL as well when ``AULA_TEST_POSTGRES`` names a server
whose role may create databases.
"""
