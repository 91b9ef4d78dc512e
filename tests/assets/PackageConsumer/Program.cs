using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection;

await using var provider = new ServiceCollection()
    .AddInMemoryDataBackplane()
    .AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Greeter>().AddVariant<WarmGreeter>("warm")))
    .BuildServiceProvider();

Console.WriteLine(provider.GetRequiredService<IGreeter>().Greet("user-1"));
Console.WriteLine($"{provider.GetRequiredService<InMemoryDataBackplane>().Events.Count(envelope => envelope.Payload is ExposureEvent)} exposure");

[ExposureLogged]
public interface IGreeter
{
    string Greet([ExposureSubject] string user);
}

public sealed class Greeter : IGreeter
{
    public string Greet(string user) => $"Hello {user}";
}

public sealed class WarmGreeter : IGreeter
{
    public string Greet(string user) => $"Hello {user}, how are you?";
}
