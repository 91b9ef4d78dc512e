namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>Calls that wait for their assignment.</summary>
public sealed class AwaitedAssignmentTests
{
    private const string Subject = PastExperiment<IAwaitedAssignments>.Subject;

    public static TheoryData<string, Func<IAwaitedAssignments, Task<string>>, string> Members => new()
    {
        { "Task", proxy => Calls.Done(proxy.RunTask(Subject)), Calls.Nothing },
        { "Task<T>", proxy => proxy.GetTask(Subject), "answer" },
        { "ValueTask", proxy => Calls.Done(proxy.RunValueTask(Subject).AsTask()), Calls.Nothing },
        { "ValueTask<T>", proxy => proxy.GetValueTask(Subject).AsTask(), "answer" },
        { "stream", proxy => Calls.First(proxy.GetStream(Subject)), "answer" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Every_kind_of_asynchronous_method_waits_for_the_store(string kind, Func<IAwaitedAssignments, Task<string>> call, string answer)
    {
        var store = new WaitingStore();
        await using var experiment = PastExperiment<IAwaitedAssignments>.Of<Variant, Variant>(store);

        var called = call(experiment.Proxy);
        Assert.Empty(experiment.Exposures);
        store.Answer.SetResult(new StoredAssignment("control"));

        Assert.Equal((kind, answer), (kind, await called));
        var exposure = Assert.Single(experiment.Exposures);
        Assert.Equal(("control", SelectionReasons.Sticky), (exposure.VariantKey, exposure.SelectionReason));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Without_a_store_nothing_waits(string kind, Func<IAwaitedAssignments, Task<string>> call, string answer)
    {
        await using var experiment = PastExperiment<IAwaitedAssignments>.Of<Variant, Variant>();

        Assert.Equal((kind, answer), (kind, await call(experiment.Proxy)));
        Assert.Equal("new", Assert.Single(experiment.Exposures).VariantKey);
    }

    private sealed class Variant : IAwaitedAssignments
    {
        public Task RunTask(string user) => Task.CompletedTask;

        public Task<string> GetTask(string user) => Task.FromResult("answer");

        public ValueTask RunValueTask(string user) => ValueTask.CompletedTask;

        public ValueTask<string> GetValueTask(string user) => new("answer");

        public async IAsyncEnumerable<string> GetStream(string user)
        {
            await Task.Yield();
            yield return "answer";
        }
    }

    /// <summary>Knows every subject, once the test says what it knows.</summary>
    private sealed class WaitingStore : IAssignmentStore
    {
        public TaskCompletionSource<StoredAssignment?> Answer { get; } = new();

        public bool IsShared => true;

        public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => throw new NotSupportedException();

        public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken) => new(Answer.Task.WaitAsync(cancellationToken));

        public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout) => throw new NotSupportedException();

        public ValueTask<StoredAssignment?> AssignAsync(AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken) =>
            FindAsync(key, cancellationToken);
    }
}
