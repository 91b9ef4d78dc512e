using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A fault of one subject hurts that subject alone; only silence is a fault of the store.</summary>
public sealed class StoreFaultTests
{
    private readonly FaultyStore _store = new();
    private readonly FixedSelector _selector = new("b");

    public static TheoryData<Exception> FaultsOfOneSubject =>
    [
        new FormatException("not an assignment"), new InvalidOperationException("a list"), new ArgumentException("an id"), new InvalidDataException("a row"),
        new NotSupportedException(), new MessageThrows(), new AggregateException(new FormatException()),
    ];

    [Theory]
    [MemberData(nameof(FaultsOfOneSubject))]
    public async Task One_bad_subject_takes_the_store_from_nobody_else(Exception fault)
    {
        _store.Fault = subject => subject == "bad" ? fault : null;
        await using var fixture = Sticky();
        for (var i = 0; i < 200; i++)
        {
            fixture.Get<IGreeter>().Greet("bad");
            fixture.Get<IGreeter>().Greet($"u{i}");
            fixture.Time.Advance(TimeSpan.FromSeconds(0.9));
        }

        Assert.All(fixture.Exposures.Where(exposure => exposure.SubjectId != "bad"), exposure => Assert.Equal("fixed", exposure.SelectionReason));
        Assert.All(fixture.Exposures.Where(exposure => exposure.SubjectId == "bad"), exposure => Assert.Equal("store-unavailable", exposure.SelectionReason));
        var health = await fixture.Get<IEventPublisher>().HealthAsync();
        Assert.True(health.IsDegraded);
        Assert.Contains("fails for some queries", health.Description, StringComparison.Ordinal);
        Assert.InRange((long)health.Diagnostics["assignment:0:FaultyStore:asks_fault"], 90L, 200L);
        Assert.Equal(0L, health.Diagnostics["assignment:0:FaultyStore:write_behind_pending"]);
        var line = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains("failed for a subject", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_minute_after_the_last_fault_of_a_subject_health_is_good_again()
    {
        _store.Fault = subject => subject == "bad" ? new FormatException() : null;
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("bad");
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Get<IGreeter>().Greet("good");

        Assert.False((await fixture.Get<IEventPublisher>().HealthAsync()).IsDegraded);
    }

    [Fact]
    public async Task A_store_that_is_late_once_is_asked_for_the_next_subject_at_once()
    {
        _store.Fault = subject => subject == "u1" ? new TimeoutException("late") : null;
        await using var fixture = Sticky();

        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u2");

        Assert.Equal(["store-unavailable", "fixed"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.False((await fixture.Get<IEventPublisher>().HealthAsync()).IsDegraded);
    }

    [Fact]
    public async Task A_subject_that_the_store_has_just_missed_does_not_wait_for_it_again_within_a_second()
    {
        _store.Fault = _ => new TimeoutException("late");
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Time.Advance(TimeSpan.FromMilliseconds(999));
        fixture.Get<IGreeter>().Greet("u1");
        Assert.Equal(1, _store.Questions);

        _store.Fault = null;
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal(["store-unavailable", "store-unavailable", "store-unavailable", "sticky"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
    }

    [Fact]
    public async Task A_subject_that_is_missed_again_waits_no_more_often_than_once_a_second()
    {
        _store.Fault = subject => subject == "u1" ? new FormatException() : null;
        await using var fixture = Sticky();
        for (var second = 0; second < 3; second++)
        {
            for (var call = 0; call < 10; call++)
            {
                fixture.Get<IGreeter>().Greet("u1");
            }

            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _store.Questions);
    }

    [Fact]
    public async Task Five_questions_in_a_row_without_an_answer_are_an_outage()
    {
        _store.Fault = _ => new TimeoutException("late");
        await using var fixture = Sticky();
        for (var i = 0; i < 10; i++)
        {
            fixture.Get<IGreeter>().Greet($"u{i}");
        }

        Assert.Equal(5, _store.Questions);
        var health = await fixture.Get<IEventPublisher>().HealthAsync();
        Assert.Contains("is unavailable (late)", health.Description, StringComparison.Ordinal);
        Assert.Equal((5L, 5L), (health.Diagnostics["assignment:0:FaultyStore:asks_timeout"], health.Diagnostics["assignment:0:FaultyStore:asks_skipped"]));
        Assert.Single(fixture.Logs, record => record.Message.StartsWith("Assignment store FaultyStore is unavailable.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_store_says_of_itself_is_in_health()
    {
        await using var fixture = Sticky();
        fixture.Get<IGreeter>().Greet("u1");
        Assert.False((await fixture.Get<IEventPublisher>().HealthAsync()).IsDegraded);

        _store.DegradedReason = "may evict.";

        var health = await fixture.Get<IEventPublisher>().HealthAsync();
        Assert.True(health.IsDegraded);
        Assert.Contains("Assignment store FaultyStore: may evict.", health.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_024, 0, 0, false)]
    [InlineData(1_025, 0, 0, true)]
    [InlineData(20_000_000, 0, 0, true)]
    [InlineData(1, 1_024, 1_024, false)]
    [InlineData(1, 0, 1_025, true)]
    [InlineData(1, 1_025, 0, true)]
    public async Task A_subject_that_is_too_long_is_unknown_and_never_reaches_the_store(int id, int type, int tenant, bool isUnknown)
    {
        var provider = new Named(new string('i', id), type == 0 ? null : new string('y', type), tenant == 0 ? null : new string('t', tenant));
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky),
            services: services => services.AddAssignmentStore(_store).AddSingleton<ISubjectIdentityProvider>(provider));

        fixture.Get<IGreeter>().GreetSomeone();
        fixture.Get<IGreeter>().GreetSomeone();

        Assert.Equal(isUnknown ? 0 : 1, _store.Questions);
        Assert.Equal(isUnknown, fixture.Exposures[0].SubjectId is null);
        Assert.Null(isUnknown ? fixture.Exposures[0].TenantId : null);
        Assert.Equal(isUnknown ? 1 : 0, fixture.Logs.Count(record => record.Message.Contains("is longer than 1024 characters", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tagged_subject_that_is_too_long_is_unknown_too()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet(new string('x', 1_025)));
        Assert.Equal("hello", fixture.Get<IGreeter>().GreetIn(new string('x', 1_025), "u1"));

        Assert.All(fixture.Exposures, exposure => Assert.Equal((null, "no-subject"), (exposure.SubjectId, exposure.SelectionReason)));
    }

    private DataPlaneFixture Sticky() => DataPlaneFixture.Greeting(
        trial => trial.Using(_selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(_store));

    private sealed class Named(string id, string? type, string? tenant) : ISubjectIdentityProvider
    {
        public string SubjectType => type ?? "";

        public string? TenantId => tenant;

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = id;
            return true;
        }
    }

    private sealed class MessageThrows : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }
}
