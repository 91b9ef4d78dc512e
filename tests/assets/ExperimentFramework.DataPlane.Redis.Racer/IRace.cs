namespace ExperimentFramework.DataPlane.Redis.Racer;

[ExposureLogged("race")]
public interface IRace
{
    string Variant([ExposureSubject("user")] string subject);
}

public sealed class ControlRace : IRace
{
    public string Variant(string subject) => "control";
}

public sealed class OtherRace : IRace
{
    public string Variant(string subject) => "b";
}
