using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>While a selector fails, nothing can be stored; an awaited call queries the store once nevertheless, and never on the caller's thread.</summary>
public sealed class FailingSelectorTests
{
    private readonly FaultyStore _store = new();
    private readonly FixedSelector _selector = new("b") { Failure = new InvalidOperationException("selector down") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_that_awaits_the_store_queries_it_once()
    {
        await using var fixture = Sticky();
        var experiments = fixture.Get<IExperiments>();

        Assert.Equal("selector-error", (await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token)).Reason);
        Assert.Equal(1, _store.Questions);

        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token);
        Assert.Equal(2, _store.Questions);
    }

    [Fact]
    public async Task A_slow_store_is_waited_for_once()
    {
        _store.Hang = new TaskCompletionSource();
        await using var fixture = Sticky();

        var decision = fixture.Get<IExperiments>().DecideAsync("greeting", "u1", "user", cancellationToken: Token).AsTask();
        Assert.False(decision.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(51));

        Assert.Equal("selector-error", (await decision).Reason);
        Assert.Equal(1, _store.Questions);
        _store.Hang.SetResult();
    }

    [Fact]
    public async Task A_selector_that_has_recovered_is_stored_at_the_next_call()
    {
        await using var fixture = Sticky();
        var experiments = fixture.Get<IExperiments>();
        await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token);
        _selector.Failure = null;

        Assert.Equal(("b", "fixed"), Described(await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token)));
        Assert.Equal(("b", "sticky"), Described(await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token)));

        Assert.Equal("b", _store.Standing("u1"));
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task A_selector_that_recovers_while_the_store_is_down_is_served_without_a_change()
    {
        await using var fixture = Sticky();
        var experiments = fixture.Get<IExperiments>();
        await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token);
        (_selector.Failure, _store.IsDown) = (null, true);

        Assert.Equal(("b", "store-unavailable"), Described(await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token)));
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task What_another_host_has_stored_meanwhile_is_served_when_the_moment_has_passed()
    {
        await using var fixture = Sticky();
        var experiments = fixture.Get<IExperiments>();
        await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token);
        _store.Put("u1", "b");
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(("b", "sticky"), Described(await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: Token)));
        Assert.Empty(fixture.Changes);
    }

    [Theory]
    [InlineData(30, 20)]
    [InlineData(60, 1)]
    public void The_second_query_of_a_call_gets_the_time_that_the_first_one_left(int firstTook, int left)
    {
        var time = new FakeTimeProvider();
        var store = new TimedStore(() => time.Advance(TimeSpan.FromMilliseconds(firstTook)));
        using var breaker = new AssignmentStoreCircuitBreaker(
            store, TimeSpan.FromMilliseconds(50), writeBehindCapacity: 1, time, NullLogger.Instance);
        var variants = new TrialVariantSet([new Variant(0, "control", null, 0)]);
        var observer = new Unobserved();
        var sticky = new StickyAssignments(
            "greeting",
            AssignmentPolicy.SubjectSticky,
            variants,
            new SelectorInvoker("greeting", variants, new FixedSelector("control"), AssignmentPolicy.SubjectSticky, observer, time, NullLogger.Instance),
            breaker,
            new AssignmentCache(10),
            observer,
            new StickyWindows(new WindowTimer(new CoarseClock(time), TimeSpan.FromMinutes(1)), new WindowTimer(new CoarseClock(time), TimeSpan.FromSeconds(1))));

        Assert.Equal("control", sticky.Assign(new Subject("u1", null, null)).Variant.Key);

        Assert.Equal([50, left], store.Timeouts.Select(timeout => timeout.TotalMilliseconds));
    }

    private static (string, string) Described(ExperimentDecision decision) => (decision.VariantKey, decision.Reason);

    private DataPlaneFixture Sticky() => DataPlaneFixture.Greeting(
        trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(_store));

    /// <summary>Holds a variant that no longer exists, and takes its time.</summary>
    private sealed class TimedStore(Action takeTime) : IAssignmentStore
    {
        public List<TimeSpan> Timeouts { get; } = [];

        public bool IsShared => false;

        public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => throw new NotSupportedException();

        public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
        {
            Timeouts.Add(timeout);
            takeTime();
            return expected is null ? new StoredAssignment("removed") : null;
        }

        public ValueTask<StoredAssignment?> AssignAsync(AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class Unobserved : IAssignmentObserver
    {
        public void OnAssignmentChanged(in Subject subject, string previousVariantKey, Decision decision, string reason)
        {
        }

        public void OnSelected(VariantSelection selection)
        {
        }
    }
}
