using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class LoggedByHandTests
{
    [Fact]
    public async Task What_was_served_before_exposures_were_switched_off_is_not_published_after()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableExposureEvents", "true")]).Build();
        await using var lab = Lab.Greeting(
            trial => trial.WithSemantics(ExposureSemantics.Explicit), services: services => services.AddSingleton<IConfiguration>(configuration));
        await using var scope = lab.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        var logger = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>();

        configuration["DataPlane:EnableExposureEvents"] = "false";
        configuration.Reload();
        await logger.LogExposureAsync("u1");
        Assert.Empty(lab.Exposures);

        configuration["DataPlane:EnableExposureEvents"] = "true";
        configuration.Reload();
        await logger.LogExposureAsync("u1");
        Assert.Single(lab.Exposures);
    }

    [Fact]
    public async Task A_caller_that_has_cancelled_logs_nothing()
    {
        await using var lab = Lab.Greeting(trial => trial.WithSemantics(ExposureSemantics.Explicit));
        await using var scope = lab.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");

        var logged = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1", new CancellationToken(canceled: true));

        Assert.True(logged.IsCanceled);
        Assert.Empty(lab.Exposures);
    }

    [Fact]
    public async Task Nothing_to_log_is_said_once()
    {
        await using var lab = Lab.Greeting(trial => trial.WithSemantics(ExposureSemantics.Explicit));
        await using var scope = lab.Scope();
        var logger = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>();

        Assert.False(await logger.LogExposureAsync("u1"));
        Assert.False(await logger.LogExposureAsync());

        Assert.Single(lab.Logs, record => record.Id.Id == 31);
    }
}
