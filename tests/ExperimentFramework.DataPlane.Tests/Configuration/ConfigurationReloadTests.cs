using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static ExperimentFramework.DataPlane.Tests.Configuration.ConfiguredGreeting;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>What a reload of the configuration changes in a running host, and what a wrong one leaves as it was.</summary>
public sealed class ConfigurationReloadTests
{
    [Fact]
    public async Task A_reload_is_taken_up_by_switches_and_rates()
    {
        var configuration = Settings(("DataPlane:SamplingRate", "0"));
        await using var fixture = Greeting(configuration);

        GreetAll(fixture);
        Assert.Empty(fixture.Exposures);
        Set(configuration, ("DataPlane:SamplingRate", "0.5"));
        GreetAll(fixture);
        var half = fixture.Exposures.Count;
        Assert.InRange(half, 440, 560);
        Set(configuration, ("DataPlane:Experiments:greeting:SamplingRate", "1"));
        GreetAll(fixture);
        Assert.Equal(half + 1_000, fixture.Exposures.Count);
        Set(configuration, ("DataPlane:EnableExposureEvents", "false"));
        GreetAll(fixture);
        Assert.Equal(half + 1_000, fixture.Exposures.Count);
        Set(configuration, ("DataPlane:EnableExposureEvents", "true"));
        GreetAll(fixture);
        Assert.Equal(half + 2_000, fixture.Exposures.Count);
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task An_event_that_waits_through_a_reload_says_the_rate_that_it_was_recorded_at(ExposureSemantics semantics)
    {
        var configuration = Settings(("DataPlane:SamplingRate", "1"));
        var destination = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IDataBackplane>(destination)
            .AddSingleton<Hello>()
            .AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().WithSemantics(semantics))));
        fixture.Get<IGreeter>().Greet("before");

        // Virtual time stands still, and so does a batch that is not full.
        Set(configuration, ("DataPlane:SamplingRate", "0.999999"));
        fixture.Get<IGreeter>().Greet("after");
        await fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [("before", 1), ("after", 0.999999)],
            destination.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>().Select(exposure => (exposure.SubjectId!, exposure.SamplingRate)));
    }

    [Fact]
    public async Task A_wrong_reload_leaves_the_options_before_in_force_and_says_so()
    {
        var configuration = Settings(("DataPlane:SamplingRate", "1"));
        await using var fixture = Greeting(configuration);
        fixture.Get<IGreeter>().Greet("u");

        Set(configuration, ("DataPlane:SamplingRate", "7"));
        GreetAll(fixture);

        Assert.Equal(1_001, fixture.Exposures.Count);
        var refused = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains("reloaded options of the data plane are invalid", refused.Message, StringComparison.Ordinal);
        Assert.Contains("DataPlaneOptions.SamplingRate is 7", refused.Exception!.Message, StringComparison.Ordinal);
        Set(configuration, ("DataPlane:SamplingRate", "0"));
        GreetAll(fixture);
        Assert.Equal(1_001, fixture.Exposures.Count);
    }

    [Fact]
    public async Task A_reload_with_wrong_values_does_not_throw_at_whoever_reloads_a_running_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("DataPlane:SamplingRate", "0.5")]);
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        using var host = builder.Build();
        await host.StartAsync();

        Set(builder.Configuration, ("DataPlane:SamplingRate", "7"));

        Assert.Equal(0.5, host.Services.GetRequiredService<ReloadableOptions>().Value.SamplingRate);
        Assert.Single(
            host.Services.GetRequiredService<Microsoft.Extensions.Logging.Testing.FakeLogCollector>().GetSnapshot(),
            record => record.Message.Contains("reloaded options of the data plane are invalid", StringComparison.Ordinal));

        Set(builder.Configuration, ("DataPlane:SamplingRate", "0.25"));
        Assert.Equal(0.25, host.Services.GetRequiredService<ReloadableOptions>().Value.SamplingRate);
    }
}
