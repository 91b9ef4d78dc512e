using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What is allowed and seldom meant does not stop the host, and is said when it starts.</summary>
public sealed class StartupMessageTests
{
    [Fact]
    public async Task An_experiment_that_records_nothing_is_logged()
    {
        var records = await Started(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));

        var record = Assert.Single(records, record => record.Level == LogLevel.Warning);
        Assert.Equal(
            "Experiment greeting serves its variants but records nothing. Call WithExposureLogging() on the builder to record exposures.", record.Message);
    }

    [Fact]
    public async Task A_proxy_that_could_fall_back_and_is_not_asked_to_is_logged()
    {
        var silent = await Started(experiments => experiments.WithExposureLogging().Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>().OnErrorFallbackToControl()));
        var logged = await Started(experiments => experiments.WithExposureLogging().Trial<IGuarded>(trial => trial.AddControl<SteadyFlaky>()));

        var decorated = await Started(_ => { }, services => services
            .AddSingleton<IGuarded, SteadyFlaky>().AddExposureLogging<IGuarded>(exposures => exposures.Using(new FixedSelector("blue"))));

        Assert.DoesNotContain(silent, IsOfFallback);
        Assert.Single(decorated, IsOfFallback);
        Assert.StartsWith("Experiment guarded does not fall back to control", Assert.Single(logged, IsOfFallback).Message, StringComparison.Ordinal);

        static bool IsOfFallback(FakeLogRecord record) => record.Message.Contains("OnErrorFallbackToControl()", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variant_that_replaces_what_a_factory_made_is_logged()
    {
        var logged = await Started(
            experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")),
            services => services.AddSingleton<IGreeter>(_ => new Hello()).AddSingleton<Bonjour>());
        var silent = await Started(
            experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>()),
            services => services.AddSingleton<Hello>().AddSingleton<IGreeter>(provider => provider.GetRequiredService<Hello>()));
        var twice = await Started(
            experiments => experiments.WithExposureLogging().Trial<IGreeter>("other", trial => trial.AddControl<Bonjour>()),
            services => services.AddExperimentFramework(first => first.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>())));

        var later = await Started(
            experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>()),
            services => services.AddSingleton<IGreeter>(_ => new Hello()),
            after => after.AddSingleton<Hello>());

        var keyed = await Started(
            experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>()),
            services => services.AddSingleton<IGreeter>(_ => new Hello()),
            after => after.AddKeyedSingleton<Hello>("other"));

        var record = Assert.Single(logged, record => record.Level == LogLevel.Warning);
        Assert.Equal(45, record.Id.Id);
        Assert.StartsWith($"{typeof(IGreeter)} was registered with a factory", record.Message, StringComparison.Ordinal);
        Assert.EndsWith($"Register {typeof(Hello)} explicitly.", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(silent, record => record.Id.Id == 45);
        Assert.Single(keyed, record => record.Id.Id == 45);
        Assert.DoesNotContain(later, record => record.Message.Contains("registered with a factory", StringComparison.Ordinal));
        Assert.DoesNotContain(twice, record => record.Id.Id == 45);
    }

    private static async Task<IReadOnlyList<FakeLogRecord>> Started(
        Action<ExperimentFrameworkBuilder> experiments, Action<IServiceCollection>? services = null, Action<IServiceCollection>? after = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        services?.Invoke(builder.Services);
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddExperimentFramework(experiments);
        after?.Invoke(builder.Services);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        return host.Services.GetRequiredService<FakeLogCollector>().GetSnapshot();
    }
}
