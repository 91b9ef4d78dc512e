using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>What an experiment decides for a subject does not depend on whether its proxy or its name asks.</summary>
public sealed class DecideByNameTests
{
    [Fact]
    public async Task A_decision_says_what_the_exposure_of_a_call_says_and_exposes_nothing()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        var decision = fixture.Get<IExperiments>().Decide("greeting", "u1", "user");
        var awaited = await fixture.Get<IExperiments>().DecideAsync("greeting", "u1", "user", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(fixture.Exposures);
        Assert.Equal(decision, awaited);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(
            (exposure.ExperimentName, exposure.VariantKey, exposure.SelectionReason, exposure.RulePath, exposure.AllocationVersion, exposure.AssignmentPolicy),
            (decision.ExperimentName, decision.VariantKey, decision.Reason, decision.RulePath, decision.AllocationVersion, decision.AssignmentPolicy));
        Assert.Empty(decision.Values);
    }

    [Theory]
    [InlineData("greting", "No experiment is named 'greting'. Did you mean 'greeting'? Registered: greeting, other.")]
    [InlineData("Greeting", "Did you mean 'greeting'? Registered: greeting, other. Names are case-sensitive.")]
    [InlineData("checkout", "No experiment is named 'checkout'. Registered: greeting, other.")]
    public async Task An_unknown_name_is_an_error_that_names_the_known_ones(string name, string message)
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments
                .Trial<IGreeter>(trial => trial.AddControl<Hello>())
                .Experiment("other", other => other.AddControl().AddVariant("b")),
            services: services => services.AddSingleton<Hello>());
        var experiments = fixture.Get<IExperiments>();

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => experiments.Decide(name)).Message, StringComparison.Ordinal);
        Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(async () => await experiments.DecideAsync(name))).Message, StringComparison.Ordinal);
        Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(async () => await experiments.ExposeAsync(name))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => experiments.Decide(null!));
    }

    [Fact]
    public async Task Without_any_experiment_the_error_says_that_none_is_registered()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, _ => { });

        Assert.Contains("None is registered", Assert.Throws<ArgumentException>(() => fixture.Get<IExperiments>().Decide("greeting")).Message, StringComparison.Ordinal);
        Assert.Empty(await fixture.Get<IExperiments>().DecideAllAsync("u1", cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Overrides_of_subjects_and_calls_take_precedence_by_name_too()
    {
        var overrides = new OneOverride();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithOverride("qa", "b"),
            services: services => services.AddSingleton<IVariantOverrideProvider>(overrides));
        var experiments = fixture.Get<IExperiments>();

        Assert.Equal(("b", "override", "override:trial"), Read(experiments.Decide("greeting", "qa")));
        Assert.Equal(("control", "fixed", "test:rule"), Read(experiments.Decide("greeting", "u1")));
        overrides.Variant = "b";
        Assert.Equal(("b", "override", "override:call"), Read(experiments.Decide("greeting", "u1")));

        static (string, string, string?) Read(ExperimentDecision decision) => (decision.VariantKey, decision.Reason, decision.RulePath);
    }

    [Fact]
    public async Task Without_an_id_the_provider_names_the_subject_and_its_tenant()
    {
        var selector = new Remembering();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(selector), services: services => services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject("7")));

        fixture.Get<IExperiments>().Decide("greeting", tenantId: "acme");
        Assert.Equal(("7", "session", "acme"), selector.Last);
        fixture.Get<IExperiments>().Decide("greeting", "u1", "user");
        Assert.Equal(("u1", "user", null), selector.Last);
    }

    [Fact]
    public async Task A_scope_that_keeps_its_subjects_on_a_variant_keeps_them_however_it_is_asked()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SessionSticky));
        await using var session = fixture.Scope();
        await using var next = fixture.Scope();

        session.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        session.ServiceProvider.GetRequiredService<IExperiments>().Decide("greeting", "u2", "user");
        selector.Variant = "control";

        Assert.Equal(("b", "sticky"), Read(session.ServiceProvider.GetRequiredService<IExperiments>().Decide("greeting", "u1", "user")));
        Assert.Equal("bonjour", session.ServiceProvider.GetRequiredService<IGreeter>().Greet("u2"));
        Assert.Equal(("control", "fixed"), Read(next.ServiceProvider.GetRequiredService<IExperiments>().Decide("greeting", "u1", "user")));

        static (string, string) Read(ExperimentDecision decision) => (decision.VariantKey, decision.Reason);
    }

    [Fact]
    public async Task A_store_keeps_what_was_decided_by_name_for_calls_and_the_other_way_round()
    {
        var store = new FaultyStore();
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(store));
        var experiments = fixture.Get<IExperiments>();

        await experiments.DecideAsync("greeting", "u1", "user", cancellationToken: TestContext.Current.CancellationToken);
        fixture.Get<IGreeter>().Greet("u2");
        selector.Variant = "control";

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("b", experiments.Decide("greeting", "u2", "user").VariantKey);
        Assert.Equal("control", experiments.Decide("greeting", "u2").VariantKey);
    }

    [Fact]
    public async Task A_decision_that_differs_from_the_last_one_is_a_change_where_exposures_are_not_published()
    {
        var selector = new FixedSelector("control");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector), options => options.EnableExposureEvents = false);
        fixture.Get<IExperiments>().Decide("greeting", "u1", "user");
        selector.Variant = "b";

        fixture.Get<IExperiments>().Decide("greeting", "u1", "user");

        Assert.Equal([("control", "b", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task An_awaited_decision_waits_for_the_store_without_the_thread()
    {
        var store = new FaultyStore { Hang = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(store));
        var experiments = fixture.Get<IExperiments>();

        var decisions = new[]
        {
            experiments.DecideAsync("greeting", "u1").AsTask(),
            experiments.ExposeAsync("greeting", "u2").AsTask(),
            Only(experiments.DecideAllAsync("u3")),
        };
        Assert.All(decisions, decision => Assert.False(decision.IsCompleted));
        store.Hang.SetResult();

        Assert.All(await Task.WhenAll(decisions), decision => Assert.Equal("b", decision.VariantKey));
        Assert.Equal("u2", Assert.Single(fixture.Exposures).SubjectId);

        static async Task<ExperimentDecision> Only(ValueTask<IReadOnlyList<ExperimentDecision>> all) => Assert.Single(await all);
    }

    [Fact]
    public async Task A_canceled_call_decides_nothing()
    {
        var selector = new Remembering();
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));
        var experiments = fixture.Get<IExperiments>();
        var canceled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await experiments.DecideAsync("greeting", "u1", cancellationToken: canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await experiments.ExposeAsync("greeting", "u1", cancellationToken: canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await experiments.DecideAllAsync("u1", cancellationToken: canceled));

        Assert.Null(selector.Last);
        Assert.Empty(fixture.Exposures);
    }

    [Fact]
    public async Task The_variant_of_an_interface_is_that_of_its_experiment()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));

        Assert.Equal("b", fixture.Get<IExperiments>().VariantOf<IGreeter>("u1"));
        Assert.Contains("IMeasured has no experiment", Refused<Exposure.IMeasured>(fixture), StringComparison.Ordinal);
        Assert.Contains(
            "Add Trial<IDictionary<int, List<string>>>(...) to AddExperimentFramework, or call AddExposureLogging<IDictionary<int, List<string>>>(...).",
            Refused<IDictionary<int, List<string>>>(fixture),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_experiments_of_an_interface_the_one_that_is_resolved_without_a_key_counts()
    {
        await using var named = DataPlaneFixture.With(
            experiments => experiments
                .Trial<IGreeter>("first", trial => trial.AddControl<Hello>())
                .Trial<IGreeter>("second", trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))),
            services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>());
        await using var plain = DataPlaneFixture.With(
            experiments => experiments
                .Trial<IGreeter>("first", trial => trial.AddControl<Hello>())
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))),
            services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>());

        Assert.Equal(("control", "hello"), (named.Get<IExperiments>().VariantOf<IGreeter>("u1"), named.Get<IGreeter>().Greet("u1")));
        Assert.Equal(("b", "bonjour"), (plain.Get<IExperiments>().VariantOf<IGreeter>("u1"), plain.Get<IGreeter>().Greet("u1")));
    }

    [Fact]
    public async Task Of_several_keyed_services_none_is_meant()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddKeyedSingleton<IGreeter, Hello>("a")
            .AddKeyedSingleton<IGreeter, Hello>("b")
            .AddExposureLogging<IGreeter>(logging => logging.Named("in a").Using(new FixedSelector("x")), "a")
            .AddExposureLogging<IGreeter>(logging => logging.Named("in b").Using(new FixedSelector("y")), "b"));

        Assert.Contains("has several experiments (in a, in b)", Refused<IGreeter>(fixture), StringComparison.Ordinal);
        Assert.Equal("y", fixture.Get<IExperiments>().Decide("in b", "u1").VariantKey);
    }

    [Fact]
    public async Task A_service_that_chooses_itself_is_known_by_name_and_its_selector_reports()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddSingleton<IGreeter, Hello>()
            .AddInMemoryDataBackplane()
            .AddExposureLogging<IGreeter>(logging => logging.Using(new FixedSelector("any"))));

        Assert.Equal("any", fixture.Get<IExperiments>().Decide("greeting", "u1").VariantKey);
        Assert.Equal("any", fixture.Get<IExperiments>().VariantOf<IGreeter>("u1"));
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("any", Assert.Single(fixture.Exposures).VariantKey);
    }

    private static string Refused<TService>(DataPlaneFixture fixture)
        where TService : class =>
        Assert.Throws<ArgumentException>(() => fixture.Get<IExperiments>().VariantOf<TService>("u1")).Message;

    private sealed class OneOverride : IVariantOverrideProvider
    {
        public string? Variant { get; set; }

        public string? FindVariant(string experimentName) => Variant;
    }

    private sealed class Remembering : IVariantSelector
    {
        public (string? Id, string? Type, string? Tenant)? Last { get; private set; }

        public VariantSelection Select(in SelectionContext context)
        {
            Last = (context.SubjectId, context.SubjectType, context.TenantId);
            return new VariantSelection("control", "fixed");
        }
    }
}
