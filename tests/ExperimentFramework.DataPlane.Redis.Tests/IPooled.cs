namespace ExperimentFramework.DataPlane.Redis.Tests;

/// <summary>A service whose member is synchronous, so that its first call of a subject waits for the store.</summary>
[ExposureLogged("pooled")]
public interface IPooled
{
    string Get([ExposureSubject] string subject);
}

public class ControlPooled : IPooled
{
    public string Get(string subject) => "control";
}

public sealed class OtherPooled : IPooled
{
    public string Get(string subject) => "b";
}
