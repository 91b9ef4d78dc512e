namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The code that awaits the assignment before a call: the member awaits it and then calls a private method, which makes the actual call.</summary>
/// <param name="Signature">The declaration of the private method.</param>
/// <param name="Identity">The arguments that identify the subject.</param>
/// <param name="Call">The call to the private method, without its receiver.</param>
/// <param name="State">The receiver and the arguments as one value.</param>
/// <param name="LaterCall">The same call, taken from that value under the name of <paramref name="StateLocal"/>.</param>
/// <param name="StateLocal">An unused name for the value.</param>
/// <param name="MayBeNull">Whether the result can be null at runtime, regardless of its annotation.</param>
internal sealed record PrefetchModel(string Signature, string Identity, string Call, string State, string LaterCall, string StateLocal, bool MayBeNull);
