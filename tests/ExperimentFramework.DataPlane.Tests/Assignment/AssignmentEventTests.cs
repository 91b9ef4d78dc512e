using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>A subject's changed variant is recorded, whatever the policy; its first is not a change.</summary>
public sealed class AssignmentEventTests
{
    public static TheoryData<string, Action<TrialBuilder<IGreeter>>, Action<DataPlaneOptions>> EveryWayToKnow => new()
    {
        { "OnDecision", _ => { }, _ => { } },
        { "OnFirstUse", trial => trial.WithSemantics(ExposureSemantics.OnFirstUse), _ => { } },
        { "Explicit", trial => trial.WithSemantics(ExposureSemantics.Explicit), _ => { } },
        { "exposures switched off", _ => { }, options => options.EnableExposureEvents = false },
    };

    [Fact]
    public async Task What_was_decided_while_changes_were_not_published_is_not_compared_once_they_are()
    {
        var selector = new FixedSelector("control");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableAssignmentEvents", "false")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(selector), options => options.EnableExposureEvents = false, services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");

        configuration["DataPlane:EnableAssignmentEvents"] = "true";
        configuration.Reload();
        selector.Variant = "b";
        fixture.Get<IGreeter>().Greet("u1");
        Assert.Empty(fixture.Changes);

        selector.Variant = "control";
        fixture.Get<IGreeter>().Greet("u1");
        Assert.Equal([("b", "control", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Theory]
    [MemberData(nameof(EveryWayToKnow))]
    public async Task There_and_back_are_two_changes_and_repeats_are_none(string how, Action<TrialBuilder<IGreeter>> trial, Action<DataPlaneOptions> options)
    {
        Assert.NotEmpty(how);
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(configure => trial(configure.Using(selector)), options);
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

        foreach (var variant in new[] { "control", "control", "b", "b", "control", "control" })
        {
            selector.Variant = variant;
            greeter.Greet("u1");
        }

        greeter.Greet("u2");

        Assert.Equal([("control", "b", "selection-changed"), ("b", "control", "selection-changed")], fixture.ChangesOf("u1"));
        Assert.Empty(fixture.ChangesOf("u2"));
        Assert.All(fixture.Changes, change => Assert.Equal(
            ("greeting", "user", AssignmentPolicy.BestEffort, fixture.Time.GetUtcNow()),
            (change.ExperimentName, change.SubjectType, change.AssignmentPolicy, change.Timestamp)));
    }

    [Fact]
    public async Task A_sampled_out_subject_takes_no_room_from_one_whose_changes_are_published()
    {
        var selector = new FixedSelector("control");
        var sampling = new SubjectSampling("greeting", 0.5);
        var subjects = Enumerable.Range(0, 100).Select(i => $"u{i}").ToLookup(sampling.Includes);
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(selector).WithSemantics(ExposureSemantics.Explicit).WithSamplingRate(0.5), options => options.RepeatCapacity = 1);
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

        greeter.Greet(subjects[true].First());
        greeter.Greet(subjects[false].First());
        selector.Variant = "b";
        greeter.Greet(subjects[true].First());

        Assert.Equal(subjects[true].First(), Assert.Single(fixture.Changes).SubjectId);
    }

    [Fact]
    public async Task Logging_by_hand_does_not_record_a_change_again()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithSemantics(ExposureSemantics.Explicit));
        await using var scope = fixture.Scope();
        foreach (var variant in new[] { "control", "b" })
        {
            selector.Variant = variant;
            scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
            await scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1");
        }

        Assert.Equal([("control", "b", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task The_change_comes_before_the_exposure_that_shows_it()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));
        fixture.Get<IGreeter>().Greet("u1");
        selector.Variant = "b";
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal(
            [DataPlaneEventType.Exposure, DataPlaneEventType.Assignment, DataPlaneEventType.Exposure],
            fixture.Backplane.Events.Select(envelope => envelope.EventType));
    }

    [Fact]
    public async Task A_changed_flag_is_named_as_the_reason()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingFeatureFlag("Greeting"), services: services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");
        configuration["FeatureManagement:Greeting"] = "true";
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal([("control", "b", "configuration-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task A_change_names_the_subjects_tenant()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));
        fixture.Get<IGreeter>().GreetIn("acme", "u1");
        selector.Variant = "b";
        fixture.Get<IGreeter>().GreetIn("acme", "u1");

        Assert.Equal("acme", Assert.Single(fixture.Changes).TenantId);
    }

    [Fact]
    public async Task An_answer_without_an_allocation_is_no_change_of_weights()
    {
        var answers = new Queue<VariantSelection>([new("control", "x", null, "v1"), new("control", "x", null, "v2"), new("b", "x"), new("control", "x", null, "v2")]);
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new Queued(answers)));
        while (answers.Count > 0)
        {
            fixture.Get<IGreeter>().Greet("u1");
        }

        Assert.Equal([("control", "b", "selection-changed"), ("b", "control", "weights-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task A_selector_that_fails_is_named_as_the_reason()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));
        fixture.Get<IGreeter>().Greet("u1");
        selector.Failure = new InvalidOperationException("selector down");
        fixture.Get<IGreeter>().Greet("u1");
        selector.Failure = null;
        fixture.Get<IGreeter>().Greet("u1");

        Assert.Equal([("b", "control", "selector-error"), ("control", "b", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task Changed_weights_are_picked_up_and_record_who_moved()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Weights:b"] = "1" }).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(weightsSection: "Weights"), services: services => services.AddSingleton<IConfiguration>(configuration));
        var greeter = fixture.Get<IGreeter>();
        var before = Enumerable.Range(0, 1_000).Select(i => greeter.Greet($"u{i}")).ToList();

        configuration["Weights:b"] = "3";
        configuration.Reload();
        var after = Enumerable.Range(0, 1_000).Select(i => greeter.Greet($"u{i}")).ToList();

        var moved = Enumerable.Range(0, 1_000).Where(i => before[i] != after[i]).Select(i => $"u{i}").ToList();
        Assert.InRange(moved.Count, 200, 300);
        Assert.Equal(moved, fixture.Changes.Select(change => change.SubjectId));
        Assert.All(fixture.Changes, change => Assert.Equal(("control", "b", "weights-changed"), (change.PreviousVariantKey, change.NewVariantKey, change.ChangeReason)));
    }

    [Fact]
    public async Task Weights_that_cannot_be_used_leave_the_old_ones_in_force()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(weightsSection: "Weights"), services: services => services.AddSingleton<IConfiguration>(configuration));
        fixture.Get<IGreeter>().Greet("u1");

        foreach (var (key, weight) in new[] { ("b", "-1"), ("b", "much"), ("c", "1"), ("b", "NaN") })
        {
            configuration["Weights:" + key] = weight;
            configuration.Reload();
            fixture.Get<IGreeter>().Greet("u1");
        }

        Assert.Single(fixture.Exposures.Select(exposure => (exposure.VariantKey, exposure.AllocationVersion)).Distinct());
        Assert.Equal(4, fixture.Logs.Count(record => record.Message.Contains("are invalid, so the previous weights stay in force", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("b", "0.x", "Configuration value 'Weights:b' is '0.x'; expected a finite number of zero or more.")]
    [InlineData("c", "1", "Configuration key 'Weights:c' sets a weight for variant 'c', which does not exist. Use one of: control, b.")]
    public async Task Weights_that_cannot_be_used_at_start_up_are_an_error(string key, string weight, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Weights:" + key] = weight }).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(weightsSection: "Weights"), services: services => services.AddSingleton<IConfiguration>(configuration));

        Assert.Equal($"Experiment 'greeting' cannot start: {message}", Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>()).Message);
    }

    [Fact]
    public async Task Another_scope_with_another_answer_is_a_change_under_SessionSticky()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SessionSticky));
        foreach (var variant in new[] { "control", "b" })
        {
            selector.Variant = variant;
            await using var scope = fixture.Scope();
            scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        }

        Assert.Equal([("control", "b", "selection-changed")], fixture.ChangesOf("u1"));
        Assert.Equal(AssignmentPolicy.SessionSticky, Assert.Single(fixture.Changes).AssignmentPolicy);
    }

    [Fact]
    public async Task A_visitor_who_signs_in_and_gets_another_variant_is_a_change()
    {
        var provider = new FixedSubject("visitor");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new SubjectIs("member", "b")), services: services => services.AddScoped<ISubjectIdentityProvider>(_ => provider));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

        greeter.GreetSomeone();
        provider.Subject = "other-visitor";
        greeter.GreetSomeone();
        greeter.Greet("member");
        provider.Subject = "member";
        greeter.GreetSomeone();

        Assert.Equal([("control", "b", "identity-changed")], fixture.ChangesOf("member"));
        Assert.Single(fixture.Changes);
    }

    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    [InlineData(AssignmentPolicy.GloballySticky)]
    public async Task Assignment_events_follow_their_switch_and_their_subjects_sampling(AssignmentPolicy policy)
    {
        foreach (var (isEnabled, rate, expected) in new[] { (false, 1.0, 0), (true, 0.0, 0), (true, 1.0, 1) })
        {
            var store = new FaultyStore(isShared: true) { IsDown = true };
            store.Put("u1", "b");
            var selector = new FixedSelector("control");
            await using var fixture = DataPlaneFixture.Greeting(
                trial => trial.Using(selector).WithPolicy(policy).WithSamplingRate(rate),
                options => options.EnableAssignmentEvents = isEnabled,
                services => services.AddAssignmentStore(store));
            fixture.Get<IGreeter>().Greet("u1");
            selector.Variant = "b";
            store.IsDown = false;
            fixture.Time.Advance(TimeSpan.FromSeconds(2));

            Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));

            Assert.Equal(expected, fixture.Changes.Count);
        }
    }

    private sealed class Queued(Queue<VariantSelection> answers) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => answers.Dequeue();
    }

    private sealed class SubjectIs(string subject, string variant) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(context.SubjectId == subject ? variant : "control", "computed");
    }
}
