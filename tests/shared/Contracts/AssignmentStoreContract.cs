namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>What every store does, whatever it stands on: run against each of them.</summary>
public abstract class AssignmentStoreContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly StoredAssignment First = new("b", "v1");
    private static readonly StoredAssignment Second = new("c", "v2");

    /// <summary>An empty store.</summary>
    protected abstract ValueTask<IAssignmentStore> CreateAsync();

    public static TheoryData<bool> BothWays => [false, true];

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task What_was_never_assigned_is_not_found(bool isAsync)
    {
        var store = await CreateAsync();

        Assert.Null(await FindAsync(store, Key("u1"), isAsync));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task The_first_writer_wins_and_the_second_gets_what_stands(bool isAsync)
    {
        var store = await CreateAsync();

        Assert.Null(await AssignAsync(store, Key("u1"), First, null, isAsync));
        Assert.Equal(First, await AssignAsync(store, Key("u1"), Second, null, isAsync));
        Assert.Equal(First, await FindAsync(store, Key("u1"), isAsync));
        Assert.Equal(First, await FindAsync(store, Key("u1"), !isAsync));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task An_assignment_is_replaced_only_where_it_still_stands(bool isAsync)
    {
        var store = await CreateAsync();
        await AssignAsync(store, Key("u1"), First, null, isAsync);

        Assert.Equal(First, await AssignAsync(store, Key("u1"), Second, new StoredAssignment("b", "v9"), isAsync));
        Assert.Equal(First, await AssignAsync(store, Key("u1"), Second, new StoredAssignment("b"), isAsync));
        Assert.Null(await AssignAsync(store, Key("u1"), Second, new StoredAssignment("b", "v1"), isAsync));
        Assert.Equal(Second, await FindAsync(store, Key("u1"), isAsync));
        Assert.Equal(Second, await AssignAsync(store, Key("u1"), First, First, isAsync));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Where_what_may_be_replaced_is_gone_the_candidate_is_written(bool isAsync)
    {
        var store = await CreateAsync();

        Assert.Null(await AssignAsync(store, Key("u1"), First, Second, isAsync));
        Assert.Equal(First, await FindAsync(store, Key("u1"), isAsync));
    }

    [Theory]
    [InlineData("plain", "v1")]
    [InlineData("a:b%c d|e", "1:2:3")]
    [InlineData("büro-日本-🙂", null)]
    [InlineData("\"quoted\" 'text'", "")]
    public async Task Any_text_comes_back_as_it_was(string variant, string? version)
    {
        var store = await CreateAsync();
        var assignment = new StoredAssignment(variant, version);

        await AssignAsync(store, Key("u1"), assignment, null, isAsync: false);

        Assert.Equal(assignment, await FindAsync(store, Key("u1"), isAsync: false));
    }

    [Fact]
    public async Task Experiment_tenant_type_and_id_distinguish_subjects()
    {
        var store = await CreateAsync();
        AssignmentKey[] keys =
        [
            new("e", "u"), new("e", "u", "t"), new("e", "u", null, "t"), new("e", "u", "t", "t"), new("f", "u"), new("e", "U"),
            new("e:u", "u"), new("e", "u:t"), new("e", "t:u"), new("e", "u", "t:t"), new("e", "u", "*"), new("e", "u", null, "*"),
            new("e", "%75"), new("e", "u "), new("e", "日本"), new("e", "user@example.com"), new("e", new string('x', 2_000)),
        ];

        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Null(await AssignAsync(store, keys[i], new StoredAssignment($"variant-{i}"), null, isAsync: i % 2 == 0));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(new StoredAssignment($"variant-{i}"), await FindAsync(store, keys[i], isAsync: i % 2 == 1));
        }
    }

    [Fact]
    public async Task A_call_that_is_canceled_before_it_begins_reads_and_writes_nothing()
    {
        var store = await CreateAsync();
        var canceled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.FindAsync(Key("u1"), canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.AssignAsync(Key("u1"), new StoredAssignment("b"), null, canceled));

        Assert.Null(await FindAsync(store, Key("u1"), isAsync: true));
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins_and_all_others_get_its_assignment()
    {
        const int subjects = 200;
        var store = await CreateAsync();
        var start = new Barrier(8);
        var answers = new string[8, subjects];

        var threads = Enumerable.Range(0, 8).Select(writer => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < subjects; i++)
            {
                var candidate = new StoredAssignment($"variant-{writer}");
                answers[writer, i] = (store.Assign(Key($"u{i}"), candidate, null, Patience) ?? candidate).VariantKey;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        for (var i = 0; i < subjects; i++)
        {
            Assert.Single(Enumerable.Range(0, 8).Select(writer => answers[writer, i]).Distinct());
        }
    }

    private static AssignmentKey Key(string subject) => new("experiment", subject, "user", "tenant");

    private static async Task<StoredAssignment?> FindAsync(IAssignmentStore store, AssignmentKey key, bool isAsync) =>
        isAsync ? await store.FindAsync(key) : store.Find(key, Patience);

    private static async Task<StoredAssignment?> AssignAsync(
        IAssignmentStore store, AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, bool isAsync) =>
        isAsync ? await store.AssignAsync(key, candidate, replaced) : store.Assign(key, candidate, replaced, Patience);
}
