namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>What every store that can delete a subject does, in addition to what every store does.</summary>
public abstract class AssignmentStoreForgetContract : AssignmentStoreContract
{
    [Fact]
    public async Task A_forgotten_subject_is_gone_from_every_experiment_and_its_assignments_are_counted()
    {
        var store = await CreateAsync();
        AssignmentKey[] own = [new("a", "u1", "user", "t"), new("b:*", "u1", "user", "t"), new("c", "u1", "user", "t")];
        foreach (var key in own)
        {
            await store.AssignAsync(key, new StoredAssignment("b"), null);
        }

        Assert.Equal(3, await store.ForgetAsync("u1", "user", "t"));
        Assert.Equal(0, await store.ForgetAsync("u1", "user", "t"));

        foreach (var key in own)
        {
            Assert.Null(await store.FindAsync(key));
            Assert.Null(await store.AssignAsync(key, new StoredAssignment("c"), null));
        }
    }

    [Theory]
    [InlineData("u", null, null)]
    [InlineData("u", "t", null)]
    [InlineData("u", null, "t")]
    [InlineData("u", "t", "t")]
    [InlineData("*", null, null)]
    [InlineData("[u]", "?", "\\")]
    [InlineData("u:t", null, null)]
    [InlineData("user@example.com", "日本", "%75")]
    public async Task Only_the_subject_that_was_named_is_forgotten(string id, string? type, string? tenant)
    {
        var store = await CreateAsync();
        AssignmentKey[] keys =
        [
            new("e", "u"), new("e", "u", "t"), new("e", "u", null, "t"), new("e", "u", "t", "t"), new("e", "U"), new("e", "u2"), new("e", "2u"),
            new("e", "*"), new("e", "[u]", "?", "\\"), new("e", "u:t"), new("e", "t:u"), new("e", "user@example.com", "日本", "%75"), new("e", "\\*"),
        ];
        foreach (var key in keys)
        {
            await store.AssignAsync(key, new StoredAssignment("b"), null);
        }

        Assert.Equal(1, await store.ForgetAsync(id, type, tenant));

        foreach (var key in keys)
        {
            Assert.Equal(key == new AssignmentKey("e", id, type, tenant), await store.FindAsync(key) is null);
        }
    }

    [Fact]
    public async Task An_empty_type_or_tenant_is_none_when_a_subject_is_forgotten()
    {
        var store = await CreateAsync();
        await store.AssignAsync(new AssignmentKey("e", "u"), new StoredAssignment("b"), null);

        Assert.Equal(1, await store.ForgetAsync("u", "", ""));
    }

    [Fact]
    public async Task A_subject_without_an_id_cannot_be_forgotten()
    {
        var store = await CreateAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.ForgetAsync("").AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.ForgetAsync(null!).AsTask());
    }
}
