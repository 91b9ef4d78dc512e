namespace ExperimentFramework.DataPlane.Tests.BareContracts;

/// <summary>Tagged in an assembly that has neither generator nor run time: the proxy is written where it is registered.</summary>
[ExposureLogged("bare")]
public interface IBare
{
    string Answer([ExposureSubject] string subject);
}

[ExposureLogged]
public interface IBareGeneric<T>
{
    T? Echo([ExposureSubject] string subject, T? value);
}
