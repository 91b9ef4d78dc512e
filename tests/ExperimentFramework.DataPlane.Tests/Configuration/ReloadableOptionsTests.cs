using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>A reload applies to everything or to nothing, and holds no lock while the application's code runs.</summary>
public sealed class ReloadableOptionsTests
{
    private const string Size = "DataPlane:Experiments:banner:Variants:control:size";

    [Fact]
    public async Task An_applications_parser_may_wait_for_another_thread_that_uses_the_options()
    {
        var (fixture, configuration) = Banner();
        await using var _ = fixture;
        await ExperimentHost.StartAsync(fixture);
        var options = fixture.Get<ReloadableOptions>();
        var others = 0;

        using (Parsing.As(text =>
        {
            var other = new Thread(() => options.OnChange(_ => Interlocked.Increment(ref others)));
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(20)), "A lock is held while the parser runs.");
            return text;
        }))
        {
            configuration[Size] = "12";
            configuration.Reload();
        }

        Assert.Equal("12", Of(fixture).GetValue<Parsed>("size").Text);
        Assert.True(others >= 2);
    }

    [Fact]
    public async Task A_parser_that_throws_once_the_options_are_valid_leaves_all_previous_values_in_force()
    {
        var (fixture, configuration) = Banner();
        await using var _ = fixture;
        await ExperimentHost.StartAsync(fixture);
        var calls = 0;

        // The first call validates.
        using (Parsing.As(text => ++calls == 1 ? text : throw new InvalidOperationException("The parser is broken.")))
        {
            configuration["DataPlane:SamplingRate"] = "0.5";
            configuration["DataPlane:EnableExposureEvents"] = "false";
            configuration[Size] = "12";
            configuration.Reload();
        }

        Assert.Equal(2, calls);
        Assert.Equal("10", Of(fixture).GetValue<Parsed>("size").Text);
        Assert.Equal((1.0, true), (fixture.Get<ReloadableOptions>().Value.SamplingRate, fixture.Get<ReloadableOptions>().Value.EnableExposureEvents));
        var experiment = fixture.Services.GetRequiredKeyedService<Experiment>("banner");
        Assert.Equal((true, 1.0), (experiment.Exposures.IsEnabled, experiment.Exposures.SamplingRate));
        Assert.Single(fixture.Logs, record => record.Id.Name == "ReloadedOptionsInvalid");
    }

    [Fact]
    public async Task A_parser_that_throws_at_validation_is_named_with_the_value()
    {
        var (fixture, configuration) = Banner();
        await using var _ = fixture;
        await ExperimentHost.StartAsync(fixture);

        using (Parsing.As(_ => throw new InvalidOperationException("The parser is broken.")))
        {
            configuration[Size] = "12";
            configuration.Reload();
        }

        Assert.Equal("10", Of(fixture).GetValue<Parsed>("size").Text);
        Assert.Contains(
            "Experiments:banner:Variants:control:size is '12'; TryParse of Parsed threw InvalidOperationException, and must return false instead. Use a value such as '10'.",
            Assert.Single(fixture.Logs, record => record.Id.Name == "ReloadedOptionsInvalid").Exception!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_that_is_overtaken_by_a_later_one_does_not_undo_it()
    {
        using var source = new Source();
        var (fixture, configuration) = Banner(source);
        await using var _ = fixture;
        await ExperimentHost.StartAsync(fixture);
        var isInner = false;

        using (Parsing.As(text =>
        {
            if (text == "11" && !isInner)
            {
                isInner = true;
                configuration[Size] = "12";
                source.Reload();
            }

            return text;
        }))
        {
            configuration[Size] = "11";
            configuration.Reload();
        }

        Assert.True(isInner);
        Assert.Equal("12", Of(fixture).GetValue<Parsed>("size").Text);
    }

    private static ExperimentDecision Of(DataPlaneFixture fixture) => fixture.Get<IExperiments>().Decide("banner", "u1");

    private static (DataPlaneFixture Fixture, IConfigurationRoot Configuration) Banner(Source? source = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(Size, "10")]).Build();
        var fixture = DataPlaneFixture.With(
            experiments => experiments.Experiment("banner", banner => banner.AddValue("size", new Parsed("10")).AddControl()),
            services: services =>
            {
                services.AddSingleton<IConfiguration>(configuration);
                if (source is not null)
                {
                    services.AddSingleton<IOptionsChangeTokenSource<DataPlaneOptions>>(source);
                }
            });
        return (fixture, configuration);
    }

    /// <summary>A second source of changes, which another thread may raise while the first is applied.</summary>
    private sealed class Source : IOptionsChangeTokenSource<DataPlaneOptions>, IDisposable
    {
        private CancellationTokenSource _changed = new();

        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

        public void Reload()
        {
            using var changed = _changed;
            _changed = new CancellationTokenSource();
            changed.Cancel();
        }

        public void Dispose() => _changed.Dispose();
    }

    /// <summary>What the parser of <see cref="Parsed"/> does in the calling test, on its threads.</summary>
    private sealed class Parsing : IDisposable
    {
        public static readonly AsyncLocal<Func<string, string>?> Current = new();

        public static Parsing As(Func<string, string> parse)
        {
            Current.Value = parse;
            return new Parsing();
        }

        public void Dispose() => Current.Value = null;
    }

    private sealed record Parsed(string Text) : IParsable<Parsed>, IFormattable
    {
        public static Parsed Parse(string s, IFormatProvider? provider) => new(s);

        public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Parsed result)
        {
            result = new Parsed(Parsing.Current.Value?.Invoke(s!) ?? s!);
            return true;
        }

        public string ToString(string? format, IFormatProvider? formatProvider) => string.Format(CultureInfo.InvariantCulture, "{0}", Text);
    }
}
