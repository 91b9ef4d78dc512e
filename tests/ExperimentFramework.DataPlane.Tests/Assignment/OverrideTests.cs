using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

public sealed class OverrideTests
{
    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.SessionSticky)]
    [InlineData(AssignmentPolicy.SubjectSticky)]
    public async Task A_named_subject_gets_its_variant_before_selector_and_policy(AssignmentPolicy policy)
    {
        var store = new FaultyStore();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithPolicy(policy).WithOverride("qa", "B"),
            services: services => services.AddAssignmentStore(store));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Equal("bonjour", greeter.Greet("qa"));
        Assert.Equal("hello", greeter.Greet("QA"));

        var exposure = fixture.Exposures[0];
        Assert.Equal(("b", "override", "override:trial", null), (exposure.VariantKey, exposure.SelectionReason, exposure.RulePath, exposure.AllocationVersion));
        Assert.Null(store.Standing("qa"));
        Assert.Empty(fixture.Changes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_subject_had_before_is_asked_again_when_the_store_is_back(bool isAwaited)
    {
        var store = new FaultyStore { IsDown = true };
        store.Put("qa", "control");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithPolicy(AssignmentPolicy.SubjectSticky).WithOverride("qa", "b"),
            services: services => services.AddAssignmentStore(store));

        await DecideAsync();
        await DecideAsync();
        Assert.Equal(1, store.Questions);
        Assert.Empty(fixture.Changes);
        store.IsDown = false;
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await DecideAsync();
        await DecideAsync();

        Assert.Equal([("control", "b", "override")], fixture.ChangesOf("qa"));
        Assert.Equal(2, store.Questions);

        async Task DecideAsync() => Assert.Equal("b", isAwaited
            ? (await fixture.Get<IExperiments>().DecideAsync("greeting", "qa", "user", cancellationToken: TestContext.Current.CancellationToken)).VariantKey
            : fixture.Get<IExperiments>().Decide("greeting", "qa", "user").VariantKey);
    }

    [Fact]
    public async Task Overrides_of_the_configuration_are_picked_up_and_go_first()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithOverride("qa", "control").WithOverridesFrom("Overrides"),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        var greeter = fixture.Get<IGreeter>();
        Assert.Equal("hello", greeter.Greet("qa"));
        Assert.Single(fixture.Logs, record => record.Message.StartsWith("Experiment greeting reads overrides from configuration section 'Overrides', which is empty", StringComparison.Ordinal));

        configuration["Overrides:qa"] = "b";
        configuration["Overrides:wrong"] = "none";
        configuration["Overrides:tester:7"] = "b";
        configuration.Reload();
        Assert.Equal("bonjour", greeter.Greet("tester:7"));
        Assert.Equal("bonjour", greeter.Greet("qa"));
        Assert.Equal("hello", greeter.Greet("wrong"));
        configuration["Overrides:qa"] = null;
        configuration["Overrides:wrong"] = null;

        Assert.Equal("configuration:Overrides", fixture.Exposures[2].RulePath);
        Assert.Equal([("control", "b", "override")], fixture.ChangesOf("qa"));
        var error = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error).Message;
        Assert.Contains("an override in configuration section 'Overrides' because variant 'none' does not exist. Use one of: control, b", error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_override_that_comes_within_a_session_goes_before_the_answer_that_SessionSticky_has_kept()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithPolicy(AssignmentPolicy.SessionSticky).WithOverridesFrom("Overrides"),
            services: services => services.AddSingleton<IConfiguration>(configuration));
        await using var session = fixture.Scope();
        var greeter = session.ServiceProvider.GetRequiredService<IGreeter>();
        Assert.Equal("hello", greeter.Greet("qa"));

        configuration["Overrides:qa"] = "b";
        configuration.Reload();

        Assert.Equal("bonjour", greeter.Greet("qa"));
        Assert.Equal([("control", "b", "override")], fixture.ChangesOf("qa"));
    }

    [Fact]
    public async Task An_override_that_comes_and_goes_leaves_the_store_alone_and_is_recorded_twice()
    {
        var store = new FaultyStore();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        var selector = new FixedSelector("control");
        await using var fixture = Sticky(store, selector, configuration);
        var greeter = fixture.Get<IGreeter>();
        greeter.Greet("qa");

        configuration["Overrides:qa"] = "b";
        configuration.Reload();
        Assert.Equal("bonjour", greeter.Greet("qa"));
        Assert.Equal("bonjour", greeter.Greet("qa"));
        Assert.Equal("control", store.Standing("qa"));
        ((IConfigurationRoot)configuration).Providers.Single().Set("Overrides:qa", "control");
        configuration.Reload();
        selector.Variant = "b";
        Assert.Equal("hello", greeter.Greet("qa"));

        Assert.Equal([("control", "b", "override"), ("b", "control", "override")], fixture.ChangesOf("qa"));
    }

    [Fact]
    public async Task A_subject_with_an_assignment_in_the_store_has_changed_when_the_override_is_first_served()
    {
        var store = new FaultyStore();
        store.Put("qa", "control");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky).WithOverride("qa", "b"),
            services: services => services.AddAssignmentStore(store));

        fixture.Get<IGreeter>().Greet("qa");
        fixture.Get<IGreeter>().Greet("qa");

        Assert.Equal([("control", "b", "override")], fixture.ChangesOf("qa"));
        Assert.Equal(1, store.Questions);
    }

    [Fact]
    public async Task A_subject_whose_stored_assignment_is_that_of_the_override_has_not_changed()
    {
        var store = new FaultyStore();
        store.Put("qa", "b");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky).WithOverride("qa", "b"),
            services: services => services.AddAssignmentStore(store));

        fixture.Get<IGreeter>().Greet("qa");

        Assert.Equal("override", Assert.Single(fixture.Exposures).SelectionReason);
        Assert.Empty(fixture.Changes);
    }

    [Fact]
    public async Task A_subject_that_is_no_longer_overridden_goes_back_to_what_the_store_holds()
    {
        var store = new FaultyStore();
        store.Put("qa", "control");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Overrides:qa"] = "b" }).Build();
        await using var fixture = Sticky(store, new FixedSelector("b"), configuration);
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("qa"));

        configuration["Overrides:qa"] = "";
        configuration.Reload();

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("qa"));
        Assert.Equal([("control", "b", "override"), ("b", "control", "override")], fixture.ChangesOf("qa"));
    }

    private static DataPlaneFixture Sticky(FaultyStore store, IVariantSelector selector, IConfiguration configuration) => DataPlaneFixture.Greeting(
        trial => trial.Using(selector).WithPolicy(AssignmentPolicy.SubjectSticky).WithOverridesFrom("Overrides"),
        services: services => services.AddAssignmentStore(store).AddSingleton(configuration));
}
