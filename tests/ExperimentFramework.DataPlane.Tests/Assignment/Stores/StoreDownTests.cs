using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A store that cannot be asked hurts nobody, is seen, and holds nothing wrong afterwards.</summary>
public sealed class StoreDownTests
{
    private readonly FaultyStore _store = new();
    private readonly FixedSelector _selector = new("b");

    [Fact]
    public async Task The_selectors_answer_is_served_and_the_exposure_says_so()
    {
        _store.IsDown = true;
        await using var fixture = Sticky();

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(("b", "store-unavailable", "v1"), (exposure.VariantKey, exposure.SelectionReason, exposure.AllocationVersion));
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task A_store_that_throws_wherever_it_is_asked_reaches_no_caller()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(new ThrowingStore()));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        var health = await fixture.Get<IEventPublisher>().HealthAsync();
        Assert.True(health.IsDegraded);
        Assert.Contains(health.Diagnostics, diagnostic => diagnostic.Key.EndsWith(":diagnostics_fault", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subject_that_this_process_knows_keeps_its_variant()
    {
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        _selector.Variant = "control";
        _store.IsDown = true;

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal(["fixed", "sticky", "store-unavailable"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task A_subject_keeps_what_it_was_served_meanwhile_and_the_store_gets_it_when_it_holds_nothing()
    {
        _store.IsDown = true;
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        _selector.Variant = "control";
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        _store.IsDown = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("b", _store.Standing("u1"));
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task What_stands_in_the_store_is_not_overwritten_and_the_way_back_is_recorded()
    {
        _store.Put("u1", "control");
        _store.IsDown = true;
        await using var fixture = Sticky();
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        _store.IsDown = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("control", _store.Standing("u1"));
        Assert.Equal([("b", "control", "policy")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task Control_that_stands_in_for_a_fault_is_not_offered_to_the_store_later()
    {
        _store.IsDown = true;
        _selector.Failure = new InvalidOperationException("selector down");
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");

        _store.IsDown = false;
        _selector.Failure = null;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("b", _store.Standing("u1"));
    }

    [Fact]
    public async Task It_is_asked_once_per_interval_while_it_is_down()
    {
        _store.IsDown = true;
        await using var fixture = Sticky();
        for (var second = 0; second < 5; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                fixture.Get<IGreeter>().Greet($"u{i}");
            }

            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        // By one of the callers or, in the background, for what is to be written behind.
        Assert.InRange(_store.Questions, 5, 6);
    }

    [Fact]
    public async Task Going_down_and_coming_back_are_a_log_line_each_and_health_shows_the_state()
    {
        await using var fixture = Sticky();
        var greeter = fixture.Get<IGreeter>();
        _store.IsDown = true;
        greeter.Greet("u1");
        greeter.Greet("u2");
        var down = await fixture.Get<IEventPublisher>().HealthAsync();
        _store.IsDown = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        greeter.Greet("u1");
        var up = await fixture.Get<IEventPublisher>().HealthAsync();

        Assert.Equal((true, true), (down.IsHealthy, down.IsDegraded));
        Assert.Contains("Assignment store FaultyStore is unavailable (the store is down)", down.Description, StringComparison.Ordinal);
        Assert.Equal(1L, down.Diagnostics["assignment:0:FaultyStore:faults"]);
        Assert.Equal((true, false), (up.IsHealthy, up.IsDegraded));
        Assert.Equal(
            [LogLevel.Error, LogLevel.Information],
            fixture.Logs.Where(record => record.Message.Contains("Assignment store", StringComparison.Ordinal)).Select(record => record.Level));
    }

    [Fact]
    public async Task After_an_outage_what_was_known_is_asked_for_again()
    {
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        _store.IsDown = true;
        fixture.Get<IGreeter>().Greet("u2");
        _store.IsDown = false;
        _store.Put("u1", "control");
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        fixture.Get<IGreeter>().Greet("u3");

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal([("b", "control", "store-lost")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task A_new_generation_of_the_store_is_asked_for_what_was_known()
    {
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        _store.Put("u1", "control");
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        _store.Generation++;

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal([("b", "control", "store-lost")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task A_store_that_lost_everything_gets_back_what_this_process_knows()
    {
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        _selector.Variant = "control";
        var empty = new FaultyStore();
        await using var other = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(empty));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("hello", other.Get<IGreeter>().Greet("u1"));
    }

    [Fact]
    public async Task Preparing_waits_no_longer_than_the_timeout_and_calls_then_wait_for_nothing()
    {
        _store.Hang = new TaskCompletionSource();
        await using var fixture = Sticky();
        await using var scope = fixture.Scope();

        var prepared = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user");
        Assert.False(prepared.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(prepared.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(2));
        await prepared;

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal(1, _store.Questions);
        Assert.Equal("store-unavailable", Assert.Single(fixture.Exposures).SelectionReason);
        _store.Hang.SetResult();
    }

    [Fact]
    public async Task A_prepared_subject_is_served_without_a_question()
    {
        await using var fixture = Sticky();
        await using var scope = fixture.Scope();

        await scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user");
        Assert.Equal(1, _store.Questions);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal(1, _store.Questions);
        Assert.Equal(["fixed", "sticky"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
    }

    [Fact]
    public async Task The_caller_may_end_its_wait_and_the_store_is_not_blamed()
    {
        _store.Hang = new TaskCompletionSource();
        await using var fixture = Sticky();
        await using var scope = fixture.Scope();
        using var cancellation = new CancellationTokenSource();

        var prepared = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user", cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prepared.AsTask());
        _store.Hang.SetResult();

        Assert.False((await fixture.Get<IEventPublisher>().HealthAsync()).IsDegraded);
    }

    private DataPlaneFixture Sticky() => DataPlaneFixture.Greeting(
        trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(_store));

    private sealed class ThrowingStore : IAssignmentStore
    {
        public bool IsShared => false;

        public long Generation => throw new InvalidOperationException("no generation");

        public IReadOnlyDictionary<string, object> Diagnostics => throw new InvalidOperationException("no diagnostics");

        public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) => throw new InvalidOperationException("down");

        public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) => throw new InvalidOperationException("down");

        public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, TimeSpan timeout) =>
            throw new InvalidOperationException("down");

        public ValueTask<StoredAssignment?> AssignAsync(
            AssignmentKey key, StoredAssignment candidate, StoredAssignment? replaced, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("down");
    }
}
