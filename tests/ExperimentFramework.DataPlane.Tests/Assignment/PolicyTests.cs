using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Guarantee 7 (docs/concepts/guarantees.md): how long each policy keeps a subject on its variant.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task BestEffort_serves_the_selectors_answer_to_each_call()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithPolicy(AssignmentPolicy.BestEffort));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        selector.Variant = "control";
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));

        Assert.All(fixture.Exposures, exposure => Assert.Equal(AssignmentPolicy.BestEffort, exposure.AssignmentPolicy));
    }

    [Fact]
    public async Task SessionSticky_keeps_the_first_answer_of_each_subject_in_the_scope_and_no_longer()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SessionSticky));
        await using var session = fixture.Scope();
        await using var next = fixture.Scope();
        var greeter = session.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Equal("bonjour", greeter.Greet("u1"));
        selector.Variant = "control";
        Assert.Equal("bonjour", greeter.Greet("u1"));
        Assert.Equal("hello", greeter.Greet("u2"));
        Assert.Equal("hello", next.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1"));

        Assert.Equal(["fixed", "sticky", "fixed", "fixed"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.All(fixture.Exposures, exposure => Assert.Equal((AssignmentPolicy.SessionSticky, "v1"), (exposure.AssignmentPolicy, exposure.AllocationVersion)));
    }

    [Fact]
    public async Task SessionSticky_is_the_same_for_a_subject_named_by_tag_and_by_provider()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SessionSticky),
            services: services => services.AddSingleton<ISubjectIdentityProvider>(new UserNamed("u1")));
        await using var session = fixture.Scope();
        var greeter = session.ServiceProvider.GetRequiredService<IGreeter>();

        greeter.Greet("u1");
        selector.Variant = "control";

        Assert.Equal("bonjour", greeter.GreetSomeone());
    }

    [Theory]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    [InlineData(AssignmentPolicy.GloballySticky)]
    public async Task The_first_answer_is_kept_in_the_store_for_all_processes(AssignmentPolicy policy)
    {
        var store = new FaultyStore(isShared: true);
        var selector = new FixedSelector("b");
        await using var first = Sticky(store, selector, policy);
        await using var second = Sticky(store, new FixedSelector("control"), policy);

        Assert.Equal("bonjour", first.Get<IGreeter>().Greet("u1"));
        selector.Variant = "control";
        Assert.Equal("bonjour", first.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", second.Get<IGreeter>().Greet("u1"));
        Assert.Equal("hello", second.Get<IGreeter>().Greet("u2"));
        Assert.Equal("hello", first.Get<IGreeter>().Greet("u2"));

        Assert.Equal([("u1", "fixed"), ("u1", "sticky"), ("u2", "sticky")], Reasons(first));
        Assert.Equal([("u1", "sticky"), ("u2", "fixed")], Reasons(second));
        Assert.All(first.Exposures, exposure => Assert.Equal((policy, "v1"), (exposure.AssignmentPolicy, exposure.AllocationVersion)));
        Assert.Empty(first.Changes);
        Assert.Empty(second.Changes);
    }

    [Fact]
    public async Task A_subject_is_another_one_in_another_tenant()
    {
        var store = new FaultyStore();
        var selector = new FixedSelector("b");
        await using var fixture = Sticky(store, selector);

        Assert.Equal("bonjour", fixture.Get<IGreeter>().GreetIn("acme", "u1"));
        selector.Variant = "control";
        Assert.Equal("hello", fixture.Get<IGreeter>().GreetIn("other", "u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().GreetIn("acme", "u1"));
    }

    [Fact]
    public async Task A_known_subject_costs_no_question_until_the_cache_duration_ends()
    {
        var store = new FaultyStore();
        await using var fixture = Sticky(store, new FixedSelector("b"));

        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet("u1");
        fixture.Time.Advance(TimeSpan.FromMinutes(4.9));
        fixture.Get<IGreeter>().Greet("u1");
        Assert.Equal(1, store.Questions);
        fixture.Time.Advance(TimeSpan.FromMinutes(0.2));
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal(2, store.Questions);
    }

    [Fact]
    public async Task A_forgotten_subject_costs_one_question_and_keeps_its_variant()
    {
        var store = new FaultyStore();
        var selector = new FixedSelector("b");
        await using var fixture = Sticky(store, selector, options: options => options.AssignmentCacheCapacity = 2);
        foreach (var subject in new[] { "u1", "u2", "u3", "u4" })
        {
            fixture.Get<IGreeter>().Greet(subject);
        }

        selector.Variant = "control";

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal(5, store.Questions);
    }

    [Fact]
    public async Task An_unknown_subject_is_neither_kept_nor_asked_for()
    {
        var store = new FaultyStore();
        await using var fixture = Sticky(store, null);

        Assert.Equal("hello", fixture.Get<IGreeter>().GreetSomeone());

        Assert.Equal(0, store.Questions);
        Assert.Equal("no-subject", Assert.Single(fixture.Exposures).SelectionReason);
    }

    [Fact]
    public async Task Control_that_stands_in_for_a_fault_is_never_written()
    {
        var store = new FaultyStore();
        var selector = new FixedSelector("b") { Failure = new InvalidOperationException("selector down") };
        await using var fixture = Sticky(store, selector);

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        (selector.Failure, selector.Variant) = (null, "no-such-variant");
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Null(store.Standing("u1"));
        selector.Variant = "b";
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal(["selector-error", "unknown-variant", "fixed"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.Equal("b", store.Standing("u1"));
    }

    [Fact]
    public async Task A_selector_that_fails_does_not_hide_what_stands_in_the_store()
    {
        var store = new FaultyStore();
        store.Put("u1", "b");
        await using var fixture = Sticky(store, new FixedSelector("control") { Failure = new InvalidOperationException("selector down") });

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal(("sticky", "elsewhere"), (fixture.Exposures[0].SelectionReason, fixture.Exposures[0].AllocationVersion));
    }

    [Fact]
    public async Task A_variant_that_no_longer_exists_gives_way_once()
    {
        var store = new FaultyStore();
        store.Put("u1", "removed");
        await using var fixture = Sticky(store, new FixedSelector("b"));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal("b", store.Standing("u1"));
        Assert.Equal([("removed", "b", "variant-removed")], fixture.ChangesOf("u1"));
    }

    [Theory]
    [InlineData(AssignmentPolicy.SubjectSticky, false, "WithPolicy(SubjectSticky) requires an assignment store, and none is registered. Call AddInMemoryAssignmentStore()")]
    [InlineData(AssignmentPolicy.GloballySticky, false, "requires an assignment store that all hosts share, and none is registered. Call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...).")]
    [InlineData(AssignmentPolicy.GloballySticky, true, "requires an assignment store that all hosts share, and InMemoryAssignmentStore is not shared. Call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...).")]
    public async Task What_a_policy_needs_and_does_not_have_is_an_error_at_start_up(AssignmentPolicy policy, bool hasMemory, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>();
        if (hasMemory)
        {
            builder.Services.AddInMemoryAssignmentStore();
        }

        builder.Services.AddExperimentFramework(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>().WithPolicy(policy)));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.StartsWith("Experiment 'greeting' cannot start: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_global_policy_takes_the_shared_store_and_the_other_the_last_one()
    {
        var shared = new FaultyStore(isShared: true);
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithPolicy(AssignmentPolicy.GloballySticky),
            services: services => services.AddAssignmentStore(shared).AddInMemoryAssignmentStore());

        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal("b", shared.Standing("u1"));
    }

    [Fact]
    public async Task The_capacity_of_the_store_in_memory_is_shown_in_health()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddInMemoryAssignmentStore(7));
        fixture.Get<IGreeter>().Greet("u1");

        var health = await fixture.Get<IEventPublisher>().HealthAsync();

        Assert.True(health.IsHealthy);
        Assert.Equal((7, 1), (health.Diagnostics["assignment:0:InMemoryAssignmentStore:capacity"], health.Diagnostics["assignment:0:InMemoryAssignmentStore:count"]));
    }

    [Fact]
    public async Task Whatever_many_threads_ask_a_subject_has_one_variant()
    {
        var flip = 0;
        await using var fixture = Sticky(new FaultyStore(), new FuncSelector(() => Interlocked.Increment(ref flip) % 2 == 0 ? "b" : "control"));
        var greeter = fixture.Get<IGreeter>();
        var answers = new string[8, 1_000];

        var threads = Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                answers[thread, i] = greeter.Greet($"u{i}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(Enumerable.Range(0, 1_000), i => Assert.Single(Enumerable.Range(0, 8).Select(thread => answers[thread, i]).Distinct()));
        Assert.Empty(fixture.Changes);
    }

    private static DataPlaneFixture Sticky(
        FaultyStore store, IVariantSelector? selector, AssignmentPolicy policy = AssignmentPolicy.SubjectSticky, Action<DataPlaneOptions>? options = null) =>
        DataPlaneFixture.Greeting(
            trial => (selector is null ? trial.UsingSubjectHash() : trial.Using(selector)).WithPolicy(policy),
            options,
            services => services.AddAssignmentStore(store));

    private static IEnumerable<(string, string)> Reasons(DataPlaneFixture fixture) => fixture.Exposures.Select(exposure => (exposure.SubjectId!, exposure.SelectionReason));

    private sealed class UserNamed(string name) : ISubjectIdentityProvider
    {
        public string SubjectType => "user";

        public bool TryGetSubjectId([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? subjectId)
        {
            subjectId = name;
            return true;
        }
    }
}
