// One simulated Kubernetes API server by itself, for kubectl, a client in another language, or a program under test.
//   dotnet run --project samples/SimulatedCluster -- --port 0 --kubeconfig /tmp/simulated.kubeconfig
using System.Runtime.InteropServices;
using Mesh;
using SimulatedCluster;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

if (!Arguments.TryParse(args, out var arguments, out var mistake))
{
    Console.Error.WriteLine($"{mistake}\n{Arguments.Usage}");
    return 2;
}

var ended = new TaskCompletionSource();
void End(PosixSignalContext signal)
{
    // The runtime would end the process at once; this way the connections are closed and the file goes.
    signal.Cancel = true;
    ended.TrySetResult();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
await using var server = new SimulatedKubernetesServer(new SimulatedServerOptions { Port = arguments.Port });
try
{
    await server.StartAsync();
    KubeconfigFile.Write(arguments.Kubeconfig, server.GetKubeconfig());
}
catch (IOException e)
{
    Console.Error.WriteLine($"{e.Message}\nTake another --port (0 lets the system choose), or a --kubeconfig in a folder that can be written.");
    return 1;
}
catch (UnauthorizedAccessException e)
{
    Console.Error.WriteLine($"{e.Message}\nTake a --kubeconfig in a folder that can be written.");
    return 1;
}

Console.WriteLine($"""
    simulated Kubernetes API server {server.Version} at {server.Address.GetLeftPart(UriPartial.Authority)}
    kubeconfig: {arguments.Kubeconfig}
      export KUBECONFIG={arguments.Kubeconfig}
      kubectl get services --all-namespaces --watch
    Ctrl+C or SIGTERM ends it; its objects are gone then.
    """);
await ended.Task;
File.Delete(arguments.Kubeconfig);
return 0;
