using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Variants that a call names for itself.</summary>
public sealed class CallOverrideTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();

    [Fact]
    public void The_first_provider_that_names_a_variant_decides_in_any_case()
    {
        Assert.Equal("b", Overrides(() => null, () => "", () => "B", () => "control").Find()!.Variant.Key);
        Assert.Equal("control", Overrides(() => "unknown", () => throw new FormatException(), () => "control").Find()!.Variant.Key);
        Assert.Null(Overrides(() => null).Find());
        Assert.Null(Overrides(() => "unknown").Find());
    }

    [Fact]
    public void A_variant_that_does_not_exist_is_logged_once_until_one_that_does_has_been_named_for_a_minute()
    {
        var named = "unknown";
        var overrides = Overrides(() => named);
        overrides.Find();
        overrides.Find();
        Assert.Equal(1, _logger.Collector.Count);

        named = "b";
        overrides.Find();
        _time.Advance(TimeSpan.FromMinutes(1));
        overrides.Find();
        named = "unknown";
        overrides.Find();
        Assert.Equal(2, _logger.Collector.Count);
        Assert.All(_logger.Collector.GetSnapshot(), record => Assert.Contains("variant 'unknown' does not exist. Use one of: control, b", record.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_variant_that_a_stranger_names_is_logged_on_one_short_line()
    {
        Overrides(() => "\r\nINFO forged" + new string('a', 100_000)).Find();

        var message = Assert.Single(_logger.Collector.GetSnapshot()).Message;
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 1, 2_000);
    }

    [Fact]
    public void A_provider_that_throws_is_logged_once_until_it_has_worked_for_a_minute()
    {
        var throws = true;
        var overrides = Overrides(() => throws ? throw new FormatException() : null);
        overrides.Find();
        overrides.Find();
        Assert.Equal(1, _logger.Collector.Count);

        throws = false;
        _time.Advance(TimeSpan.FromMinutes(1));
        overrides.Find();
        throws = true;
        overrides.Find();
        Assert.Equal(2, _logger.Collector.Count);
    }

    [Fact]
    public async Task What_the_call_names_goes_before_the_trials_overrides()
    {
        string? named = "b";
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithOverride("u1", "control"),
            services: services => services.AddSingleton<IVariantOverrideProvider>(new Provider(() => named)));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        named = null;
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal(["override:call", "override:trial"], fixture.Exposures.Select(exposure => exposure.RulePath));
    }

    [Fact]
    public async Task What_a_call_names_goes_before_the_answer_that_SessionSticky_has_kept_which_returns_afterwards()
    {
        string? named = null;
        var questions = 0;
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("control")).WithPolicy(AssignmentPolicy.SessionSticky),
            services: services => services.AddSingleton<IVariantOverrideProvider>(new Provider(() =>
            {
                questions++;
                return named;
            })));
        await using var session = fixture.Scope();
        var greeter = session.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Equal("hello", greeter.Greet("u1"));
        named = "b";
        Assert.Equal("bonjour", greeter.Greet("u1"));
        named = null;
        Assert.Equal("hello", greeter.Greet("u1"));

        Assert.Equal(["fixed", "override", "sticky"], fixture.Exposures.Select(exposure => exposure.SelectionReason));
        Assert.Equal(3, questions);
    }

    private CallOverrides Overrides(params Func<string?>[] providers) => new(
        "exp",
        new TrialVariantSet([new Variant(0, "control", null, 0), new Variant(1, "b", null, 1)]),
        AssignmentPolicy.BestEffort,
        providers.Select(find => new Provider(find)),
        _time,
        _logger);

    private sealed class Provider(Func<string?> find) : IVariantOverrideProvider
    {
        public string? FindVariant(string experimentName) => find();
    }
}
