using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>How messages name a server.</summary>
public sealed class DatabaseAddressTests
{
    [Theory]
    [InlineData("Host=/Run/PostgreSQL", "/Run/PostgreSQL:5432")]
    [InlineData("Host=DB.Example;Port=5433", "db.example:5433")]
    [InlineData("Host=[fd00::1]:6000", "[fd00::1]:6000")]
    [InlineData("Host=fd00::1", "fd00::1:5432")]
    public async Task Names_of_hosts_have_one_case_and_folders_of_sockets_keep_theirs(string servers, string expected)
    {
        await using var source = NpgsqlDataSource.Create(servers + ";Database=d;Username=writer");

        Assert.Equal($"{expected}, database 'd', role 'writer'", DatabaseAddress.Of(source).ToString());
    }
}
