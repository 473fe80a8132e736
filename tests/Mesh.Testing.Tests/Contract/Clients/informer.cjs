// Prints what an informer of ConfigMaps hears: informer.cjs PACKAGE KUBECONFIG NAMESPACE
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const [, , packageFile, kubeconfig, namespace] = process.argv;

async function main() {
  // By its own folder: this file stands elsewhere.
  const k8s = await import(pathToFileURL(createRequire(packageFile).resolve('@kubernetes/client-node')));
  const config = new k8s.KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(k8s.CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = k8s.makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));

  // A controller manager puts one of its own into each namespace.
  const ours = (name, show) => informer.on(name, (one) => one.metadata.name === 'kube-root-ca.crt' || console.log(show(one)));
  ours('add', (one) => `add ${one.metadata.name}`);
  ours('update', (one) => `update ${one.metadata.name} ${one.data?.x ?? ''}`.trimEnd());
  ours('delete', (one) => `delete ${one.metadata.name}`);
  informer.on('error', (error) => { console.error(error); process.exit(1); });
  await informer.start();
}

main().catch((error) => { console.error(error); process.exit(1); });
