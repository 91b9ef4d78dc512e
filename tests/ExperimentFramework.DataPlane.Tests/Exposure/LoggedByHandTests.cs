using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class LoggedByHandTests
{
    [Fact]
    public async Task What_was_served_before_exposures_were_switched_off_is_not_published_after()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableExposureEvents", "true")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithSemantics(ExposureSemantics.Explicit), services: services => services.AddSingleton<IConfiguration>(configuration));
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        var logger = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>();

        configuration["DataPlane:EnableExposureEvents"] = "false";
        configuration.Reload();
        Assert.True(await logger.LogExposureAsync("u1"));
        Assert.Empty(fixture.Exposures);

        configuration["DataPlane:EnableExposureEvents"] = "true";
        configuration.Reload();
        await logger.LogExposureAsync("u1");
        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task What_was_served_while_exposures_were_switched_off_is_known_and_published_once_they_are_switched_on()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:EnableExposureEvents", "false")]).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.WithSemantics(ExposureSemantics.Explicit), services: services => services.AddSingleton<IConfiguration>(configuration));
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        var logger = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>();

        Assert.True(await logger.LogExposureAsync("u1"));
        Assert.Empty(fixture.Exposures);
        Assert.DoesNotContain(fixture.Logs, record => record.Id.Name == "ExposureLoggerNothingServed");

        configuration["DataPlane:EnableExposureEvents"] = "true";
        configuration.Reload();
        Assert.True(await logger.LogExposureAsync("u1"));
        Assert.Equal("u1", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public async Task A_caller_that_has_cancelled_logs_nothing()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(ExposureSemantics.Explicit));
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");

        var logged = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1", new CancellationToken(canceled: true));

        Assert.True(logged.IsCanceled);
        Assert.Empty(fixture.Exposures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_cancels_while_the_queue_is_full_sees_it_and_one_that_waits_in_vain_does_not(bool cancels)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Queued(stuck, trial => trial.WithSemantics(ExposureSemantics.Explicit), FullQueue.Configure);
        await FullQueue.FillAsync(fixture);
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        using var cancellation = new CancellationTokenSource();

        var logged = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1", cancellation.Token).AsTask();
        Assert.False(logged.IsCompleted);
        if (cancels)
        {
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => logged);
        }
        else
        {
            await fixture.Time.AdvanceUntil(logged);
            Assert.True(await logged);
        }

        stuck.Gate.SetResult();
    }

    [Fact]
    public async Task A_sampled_out_exposure_is_counted_when_it_is_logged_and_not_when_it_is_served()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(ExposureSemantics.Explicit).WithSamplingRate(0));
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().GreetWith("u1", "FR", 44);
        Assert.Equal(0, Lost());

        Assert.True(await scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1"));

        Assert.Equal(1, Lost());

        long Lost() => fixture.Dropped("greeting", "control", DropReasons.SampledOut) + fixture.Dropped("greeting", "b", DropReasons.SampledOut);
    }

    [Fact]
    public async Task Nothing_to_log_is_said_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(ExposureSemantics.Explicit));
        await using var scope = fixture.Scope();
        var logger = scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>();

        Assert.False(await logger.LogExposureAsync("u1"));
        Assert.False(await logger.LogExposureAsync());

        Assert.Single(fixture.Logs, record => record.Id.Id == 31);
    }
}
