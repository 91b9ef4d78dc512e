namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>The service of every row: its members do next to nothing, so that what is around them is what is measured.</summary>
[ExposureLogged("checkout")]
public interface ICheckout
{
    int Total([ExposureSubject] string user);

    int TotalOf([ExposureSubject] string user, [ExposureAttribute] string country, [ExposureAttribute] int items);

    /// <summary>Completes synchronously.</summary>
    ValueTask<int> TotalAsync([ExposureSubject] string user);
}
