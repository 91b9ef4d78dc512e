using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Guarantee 6 (docs/concepts/guarantees.md), and the built-in selectors.</summary>
public sealed class SelectionTests
{
    [Fact]
    public async Task The_hash_serves_an_unknown_subject_control_and_says_so()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash());

        Assert.Equal("hello", fixture.Get<IGreeter>().GreetSomeone());

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Null(exposure.SubjectId);
        Assert.Equal(("control", "no-subject"), (exposure.VariantKey, exposure.SelectionReason));
    }

    [Theory]
    [InlineData(ExposureSemantics.OnFirstUse, 1.0)]
    [InlineData(ExposureSemantics.OnDecision, 0.5)]
    public async Task An_unknown_subject_is_counted_where_an_exposure_needs_one(ExposureSemantics semantics, double samplingRate)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash().WithSemantics(semantics).WithSamplingRate(samplingRate));

        fixture.Get<IGreeter>().GreetSomeone();
        fixture.Get<IGreeter>().Greet("");
        fixture.Get<IGreeter>().Greet(null);

        Assert.Empty(fixture.Exposures);
        Assert.Equal(3, fixture.Dropped("greeting", "control", DropReasons.NoSubject));
    }

    [Fact]
    public async Task The_tagged_parameter_goes_before_the_provider()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(), services: services => services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject("s1")));

        fixture.Get<IGreeter>().Greet("u1");
        fixture.Get<IGreeter>().Greet(null);

        Assert.Equal([("u1", "user"), ("s1", "session")], fixture.Exposures.Select(exposure => (exposure.SubjectId!, exposure.SubjectType!)));
    }

    [Fact]
    public async Task A_provider_that_throws_leaves_the_subject_unknown_and_is_logged_once()
    {
        var provider = new FixedSubject("s1") { Failure = new InvalidOperationException("no request") };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(), services: services => services.AddSingleton<ISubjectIdentityProvider>(provider));

        Assert.Equal("hello", fixture.Get<IGreeter>().GreetSomeone());
        fixture.Get<IGreeter>().GreetSomeone();

        Assert.All(fixture.Exposures, exposure => Assert.Null(exposure.SubjectId));
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_selector_that_throws_gives_control_and_one_log_line_per_change_of_state()
    {
        var selector = new FixedSelector("b") { Failure = new InvalidOperationException("selector down") };
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));
        var greeter = fixture.Get<IGreeter>();

        Assert.Equal("hello", greeter.Greet("u1"));
        Assert.Equal("hello", greeter.Greet("u2"));
        selector.Failure = null;
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("bonjour", greeter.Greet("u3"));

        Assert.Equal(["selector-error", "selector-error", "fixed"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.Equal([LogLevel.Error, LogLevel.Information], fixture.Logs.Where(record => record.Message.Contains("selector", StringComparison.Ordinal)).Select(record => record.Level));
    }

    [Fact]
    public async Task A_selector_that_fails_now_and_then_is_one_fault()
    {
        var selector = new FixedSelector("b");
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(selector));

        for (var i = 0; i < 10; i++)
        {
            selector.Failure = i % 2 == 0 ? new InvalidOperationException("flapping") : null;
            fixture.Get<IGreeter>().Greet("u1");
            fixture.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Single(fixture.Logs, record => record.Message.Contains("selector", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_variant_that_does_not_exist_gives_control_and_one_log_line_that_names_it()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("c")));

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        fixture.Get<IGreeter>().Greet("u2");

        Assert.All(fixture.Exposures, exposure => Assert.Equal(("control", "unknown-variant"), (exposure.VariantKey, exposure.SelectionReason)));
        var record = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains("'c', which does not exist, so 'control' is served. Return one of: control, b", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_key_selects_and_a_change_is_picked_up()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingConfigurationKey("Greeting"), services: services => services.AddSingleton<IConfiguration>(configuration));
        var greeter = fixture.Get<IGreeter>();

        Assert.Equal("hello", greeter.Greet("u1"));
        configuration["Greeting"] = "B";
        Assert.Equal("bonjour", greeter.Greet("u1"));
        configuration["Greeting"] = "control";
        Assert.Equal("hello", greeter.Greet("u1"));

        Assert.Equal(["control", "b", "control"], fixture.Exposures.Select(exposure => exposure.VariantKey));
        Assert.All(fixture.Exposures, exposure => Assert.Equal(("trial-selection", "configuration:Greeting"), (exposure.SelectionReason, exposure.RulePath)));
    }

    [Theory]
    [InlineData(null, "hello", "trial-selection")]
    [InlineData("false", "hello", "trial-selection")]
    [InlineData("True", "bonjour", "trial-selection")]
    [InlineData("perhaps", "hello", "selector-error")]
    public async Task A_feature_flag_turns_the_variant_on(string? value, string answer, string reason)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["FeatureManagement:Greeting"] = value }).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingFeatureFlag("Greeting"), services: services => services.AddSingleton<IConfiguration>(configuration));

        Assert.Equal(answer, fixture.Get<IGreeter>().Greet("u1"));

        Assert.Equal(reason, Assert.Single(fixture.Exposures).SelectionReason);
    }

    [Fact]
    public async Task A_selector_from_the_container_selects()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using<FixedSelector>(), services: services => services.AddSingleton(new FixedSelector("b")));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
    }
}
