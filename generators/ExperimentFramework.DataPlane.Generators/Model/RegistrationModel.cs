namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The registration of the proxy of a closed generic interface.</summary>
/// <param name="Proxy">The closed proxy, fully qualified.</param>
internal sealed record RegistrationModel(string Proxy);

/// <summary>The registrations of all closed generic interfaces of a project, each once.</summary>
/// <param name="All">The registrations, sorted by the names of the proxies.</param>
internal sealed record RegistrationsModel(EquatableArray<RegistrationModel> All);

/// <summary>What one registration call contributes to the generated code.</summary>
/// <param name="Proxy">The proxy to generate, because the interface's own assembly has none; null if it has.</param>
/// <param name="Registration">The closed proxy to register; null if the proxy registers itself.</param>
/// <param name="Names">The names of the experiment; null if they are not constants.</param>
internal sealed record RegistrationCallModel(ProxyModel? Proxy, RegistrationModel? Registration, ExperimentNamesModel? Names);
