using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>The typed values of variants: declared in code, overridden by configuration, checked before anything is served.</summary>
public sealed class VariantValueTests
{
    private const string Section = "DataPlane:Experiments:banner:Variants";

    public static TheoryData<Action<ExperimentBuilder>, string> Mistakes => new()
    {
        { banner => banner.AddControl().AddVariant("big").WithValue("discount", 1), "Variant 'control' has no value 'discount'. Call WithValue(\"discount\", ...) on the variant, or AddValue(\"discount\", ...)" },
        { banner => { banner.AddValue("discount", 1).AddValue("Discount", 2); banner.AddControl(); }, "The value 'Discount' is declared twice" },
        { banner => banner.AddControl().WithValue("discount", 1).WithValue("discount", 2), "Variant 'control' sets the value 'discount' twice" },
        { banner => { banner.AddValue("discount", 1); banner.AddControl().WithValue("discount", 1.5); }, "The value 'discount' is declared as int and as double" },
        { banner => { banner.AddValue("rate", double.NaN); banner.AddControl(); }, "The value 'rate' is NaN; it must be a finite number. Pass another one to AddValue." },
        { banner => { banner.AddValue("rate", 1f); banner.AddControl().WithValue("rate", float.PositiveInfinity); }, "The value 'rate' of variant 'control' is Infinity; it must be a finite number. Pass another one to WithValue." },
        { banner => { banner.AddValue("discount ", 1); banner.AddControl(); }, "The value name 'discount ' begins or ends with white space. Use a short name, such as 'discount', in AddValue and WithValue." },
    };

    public static TheoryData<string, string, string> WrongSettings => new()
    {
        { "big:discount", "much", "DataPlaneOptions.Experiments:banner:Variants:big:discount is 'much'; it must be of type int, in the invariant culture. Use a value such as '10'." },
        { "big:discount", "", "Variants:big:discount is ''; it must be of type int" },
        { "big:rate", "12,5", "Variants:big:rate is '12,5'; it must be of type double, in the invariant culture. Use a value such as '0.1'." },
        { "big:rate", "NaN", "Variants:big:rate is 'NaN'; it must be of type double" },
        { "big:rate", "-Infinity", "Variants:big:rate is '-Infinity'; it must be of type double" },
        { "big:rate", "1e999", "Variants:big:rate is '1e999'; it must be of type double" },
        { "huge:discount", "1", "Variants:huge sets values of variant 'huge', which does not exist. Use one of: control, big." },
        { "big:discont", "1", "Variants:big:discont sets value 'discont', which the experiment does not declare. Use one of: discount, rate, title, until; or declare it with AddValue." },
        { "big", "1", "Configuration key 'DataPlane:Experiments:banner:Variants:big' has a single value; it must be a section" },
        { "big:discount:x", "1", "Configuration key 'DataPlane:Experiments:banner:Variants:big:discount' is a section; it must be a single value" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_in_code_is_an_error_that_names_the_value(Action<ExperimentBuilder> configure, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create().Experiment("banner", configure)).Message,
            StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task A_wrong_setting_stops_the_start_with_name_value_and_remedy(string key, string value, string message)
    {
        using var comma = new CommaCulture();
        await using var fixture = Banner((key, value));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ExperimentHost.StartAsync(fixture));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variant_that_does_not_exist_is_one_error_whatever_it_sets()
    {
        await using var fixture = Banner(("huge:unknown", "1"));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ExperimentHost.StartAsync(fixture));

        Assert.Contains("variant 'huge', which does not exist", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("does not declare", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_required() => ExperimentFrameworkBuilder.Create().Experiment("banner", banner =>
    {
        banner.AddValue("title", "none");
        Assert.Throws<ArgumentNullException>("value", () => banner.AddControl().WithValue<string>("title", null!));
    });

    [Fact]
    public async Task A_variant_has_its_own_values_and_the_defaults_of_the_others()
    {
        await using var fixture = Banner();
        var (control, big) = (Of(fixture, "in-control"), Of(fixture, "in-big"));

        Assert.Equal((0, 0.1, "none", TimeSpan.FromDays(1)), Read(control));
        Assert.Equal((10, 0.1, "Sale", TimeSpan.FromDays(1)), Read(big));
        Assert.Equal(10, big.GetValue<int>("DISCOUNT"));
        Assert.Equal(["discount", "rate", "title", "until"], big.Values.Keys.Order(StringComparer.Ordinal));

        static (int, double, string, TimeSpan) Read(ExperimentDecision decision) => (
            decision.GetValue<int>("discount"), decision.GetValue<double>("rate"), decision.GetValue<string>("title"), decision.GetValue<TimeSpan>("until"));
    }

    [Fact]
    public async Task Configuration_takes_precedence_in_the_invariant_culture_and_whatever_the_case()
    {
        using var comma = new CommaCulture();
        await using var fixture = Banner(("BIG:Discount", "15"), ("control:rate", "0.25"), ("big:title", ""), ("big:until", "12:00:00"));

        Assert.Equal(15, Of(fixture, "in-big").GetValue<int>("discount"));
        Assert.Equal(("", TimeSpan.FromHours(12)), (Of(fixture, "in-big").GetValue<string>("title"), Of(fixture, "in-big").GetValue<TimeSpan>("until")));
        Assert.Equal((0, 0.25), (Of(fixture, "in-control").GetValue<int>("discount"), Of(fixture, "in-control").GetValue<double>("rate")));
    }

    [Fact]
    public async Task Options_set_in_code_take_precedence_as_configuration_does()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Experiment("banner", Configure),
            options => options.Experiments["banner"] = new ExperimentOptions { Variants = { ["big"] = new Dictionary<string, string> { ["discount"] = "20" } } });

        Assert.Equal(20, Of(fixture, "in-big").GetValue<int>("discount"));
    }

    [Fact]
    public async Task A_reload_takes_effect_and_a_wrong_one_leaves_the_last_values_in_force()
    {
        var configuration = Configuration(("big:discount", "15"));
        await using var fixture = Banner(configuration);
        await ExperimentHost.StartAsync(fixture);
        Assert.Equal(15, Of(fixture, "in-big").GetValue<int>("discount"));

        Set("20");
        Assert.Equal(20, Of(fixture, "in-big").GetValue<int>("discount"));
        Set("much");
        Assert.Equal(20, Of(fixture, "in-big").GetValue<int>("discount"));
        Assert.Contains(fixture.Logs, record => record.Id.Name == "ReloadedOptionsInvalid" && record.Exception!.Message.Contains("'much'", StringComparison.Ordinal));
        Set(null);
        Assert.Equal(10, Of(fixture, "in-big").GetValue<int>("discount"));

        void Set(string? discount)
        {
            configuration[$"{Section}:big:discount"] = discount;
            configuration.Reload();
        }
    }

    [Fact]
    public async Task A_value_that_is_not_declared_or_of_another_type_is_an_error_that_says_what_is()
    {
        await using var fixture = Banner();
        var decision = Of(fixture, "in-big");

        Assert.Contains("declares no value 'discont'. It declares ", Assert.Throws<ArgumentException>(() => decision.GetValue<int>("discont")).Message, StringComparison.Ordinal);
        Assert.Contains("is declared as int, not as double. Call GetValue<int>(\"discount\").", Assert.Throws<ArgumentException>(() => decision.GetValue<double>("discount")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => decision.GetValue<int>(null!));
        Assert.Contains("It declares none", Assert.Throws<ArgumentException>(() => default(ExperimentDecision).GetValue<int>("discount")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_for_an_experiment_that_declares_none_stop_the_start()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            _ => { }, options => options.Experiments["greeting"] = new ExperimentOptions { Variants = { ["b"] = new Dictionary<string, string> { ["discount"] = "20" } } });

        Assert.Contains(
            "Experiments:greeting:Variants sets values, but experiment 'greeting' declares none. Remove the section: the experiment's variants are implementations of IGreeter, and only experiments without an interface have values.",
            (await Assert.ThrowsAsync<OptionsValidationException>(() => ExperimentHost.StartAsync(fixture))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_for_an_experiment_without_an_interface_that_declares_none_stop_the_start_with_how_to_declare_them()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Experiment("plain", plain => plain.AddControl().AddVariant("b")),
            options => options.Experiments["plain"] = new ExperimentOptions { Variants = { ["b"] = new Dictionary<string, string> { ["discount"] = "20" } } });

        Assert.Contains(
            "Experiments:plain:Variants sets values, but experiment 'plain' declares none. Declare them with AddValue in Experiment(\"plain\", ...), or remove the section.",
            (await Assert.ThrowsAsync<OptionsValidationException>(() => ExperimentHost.StartAsync(fixture))).Message,
            StringComparison.Ordinal);
    }

    private static ExperimentDecision Of(DataPlaneFixture fixture, string subject) => fixture.Get<IExperiments>().Decide("banner", subject);

    private static void Configure(ExperimentBuilder banner)
    {
        banner
            .AddValue("discount", 0)
            .AddValue("rate", 0.1)
            .AddValue("title", "none")
            .AddValue("until", TimeSpan.FromDays(1))
            .WithOverride("in-big", "big")
            .WithOverride("in-control", "control");
        banner.AddControl().AddVariant("big").WithValue("discount", 10).WithValue("title", "Sale");
    }

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{Section}:{setting.Key}", setting.Value)))
        .Build();

    private static DataPlaneFixture Banner(params (string Key, string? Value)[] settings) => Banner(Configuration(settings));

    private static DataPlaneFixture Banner(IConfiguration configuration) => DataPlaneFixture.With(
        experiments => experiments.Experiment("banner", Configure),
        services: services => services.AddSingleton(configuration));

    /// <summary>The calling thread's culture as it is where a comma separates fractions.</summary>
    private sealed class CommaCulture : IDisposable
    {
        private readonly CultureInfo _before = CultureInfo.CurrentCulture;

        public CommaCulture()
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = culture;
        }

        public void Dispose() => CultureInfo.CurrentCulture = _before;
    }
}
