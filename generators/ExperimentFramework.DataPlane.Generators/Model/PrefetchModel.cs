namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>What it takes to await the assignment before a call: the member asks, and a method of its own does what the member else would.</summary>
/// <param name="Signature">The declaration of that method.</param>
/// <param name="Identity">The arguments that name the subject.</param>
/// <param name="Call">The call of that method, without its receiver.</param>
/// <param name="State">The receiver and the arguments as one value.</param>
/// <param name="LaterCall">The same call, taken from that value under the name of <paramref name="StateLocal"/>.</param>
/// <param name="StateLocal">A free name for the value.</param>
/// <param name="MayBeNull">Whether the result can be null at run time, whatever its annotation says.</param>
internal sealed record PrefetchModel(string Signature, string Identity, string Call, string State, string LaterCall, string StateLocal, bool MayBeNull);
